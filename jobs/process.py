"""What the engine room's processes have in common: they run until they are told to end."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

from domain.kernel.logs import set_up_logs
from domain.kernel.refusals import Refusal
from domain.kernel.settings import Settings

from .environment import check

Main = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_process(name: str, main: Main) -> None:
    """Runs `main(settings, stop)`; `stop` is set by SIGTERM and SIGINT. A missing setting is said in one sentence,
    with exit code 2."""
    try:
        settings = Settings.from_env()
        check()
        set_up_logs(settings.log_level, name, settings.secrets())
        asyncio.run(_until_told(main, settings))
    except Refusal as refusal:
        sys.stderr.write(f"{name}: {refusal.message}\n")
        sys.exit(2)


async def _until_told(main: Main, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(settings, stop)


async def pause(event: asyncio.Event, seconds: float) -> bool:
    """Waits until the event is set, at most so long; whether it is."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
