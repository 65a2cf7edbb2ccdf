"""The day from beginning to end."""

import json
import signal
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from omnisales_sdk import ConnectorSignal

from .api import Api
from .closing import Facts, closing
from .courier_desk import courier_desk
from .desk import desk
from .expectation import Unmet, expect
from .far_sides import Courier, Store
from .mending import mending
from .narrator import Narrator
from .opening import opening
from .parcels import parcels
from .plan import the_day
from .scenery import Scenery
from .stage import LOG, Stage, staged
from .trade import trade

SCENES = (opening, trade, mending, desk, courier_desk, parcels)
INTERRUPTED = 130


def run_demo(home: Path, *, keep: bool = False, as_json: bool = False) -> int:
    """Plays the demo in `home` and returns the exit code: 0 when all came out as it should, 1 when something did not.

    `keep` leaves everything running until Ctrl-C. `as_json` prints the facts of the final table on stdout, and tells
    the story on stderr. Raises CannotStart.
    """
    tell = Narrator(Console(stderr=as_json))
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    try:
        with ExitStack() as running:
            with tell.waiting("PostgreSQL, Valkey, API, worker, scheduler, relay and the far sides are starting"):
                stage = running.enter_context(staged(home))
            tell.did(f"an installation like that of `omnisales up` runs at {stage.url}")
            facts = _play(stage, tell)
            facts["seconds"] = round(time.monotonic() - began, 1)
            tell.did(f"all of it in {facts['seconds']:.0f} seconds")
            if as_json:
                sys.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
                sys.stdout.flush()
            _where_to_look(stage, tell, keep=keep)
            if keep:
                code = stage.installation.wait()
                expect("the exit code of the installation, which ended without the demo", code, 0)
    except (Unmet, ConnectorSignal) as problem:
        sys.stderr.write(f"The demo did not come out as it should: {problem}\n")
        sys.stderr.write(f"What its processes said is in {home / LOG}.\n")
        return 1
    except KeyboardInterrupt:
        return 0 if keep else INTERRUPTED
    return 0


def _play(stage: Stage, tell: Narrator) -> Facts:
    began = datetime.now(UTC)
    play = Scenery(
        stage=stage,
        api=Api(stage.url, stage.key),
        store=Store(stage.store),
        innoship=Courier(stage.innoship),
        tell=tell,
        plan=the_day(),
    )
    for scene in SCENES:
        scene(play)
    return {**closing(play, began), "graphiql": f"{stage.url}/graphiql"}


def _where_to_look(stage: Stage, tell: Narrator, *, keep: bool) -> None:
    tell.scene("Look at it yourself")
    if not keep:
        tell.lines("Run it with --keep: everything then stays until Ctrl-C, and GraphiQL shows it all.")
        return
    tell.lines(
        f"GraphiQL   {stage.url}/graphiql\n"
        f'Headers    {{"Authorization": "Bearer {stage.key}"}}\n'
        f"The store  {stage.store}/_sandbox/state\n"
        f"Innoship   {stage.innoship}/_sandbox/state\n"
        f"Output     {stage.log}\n"
        "Stop       Ctrl-C"
    )


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
