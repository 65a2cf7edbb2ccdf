"""`omnisales work | schedule | relay`: the processes behind the API.

They are started by name, in place of this process, because the doors do not import the engine room.
"""

import os
from collections.abc import Sequence

import typer

from api.cli.up.tree import PROGRAMS

FORWARD_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True}


def work(context: typer.Context) -> None:
    """Run a worker: it does what the outbox and the inbox ask for. Needs DATABASE_URL and REDIS_URL."""
    _become(PROGRAMS.worker, context.args)


def schedule(context: typer.Context) -> None:
    """Run a scheduler: polls and other work that is due by the clock. Any number may run."""
    _become(PROGRAMS.scheduler, context.args)


def relay(context: typer.Context) -> None:
    """Run an outbox relay: it hands committed work to the workers. Any number may run."""
    _become(PROGRAMS.relay, context.args)


def _become(program: Sequence[str], arguments: Sequence[str]) -> None:
    os.execv(program[0], [*program, *arguments])  # noqa: S606 - our own interpreter
