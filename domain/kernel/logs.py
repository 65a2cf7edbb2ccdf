"""Logs of every process: one JSON object a line, with the correlation id of the request or work at hand, and no secret.

What libraries say, warnings, and what ends the process or a thread go the same way.
"""

import logging
import sys
import threading
from collections.abc import Collection
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from .hidden import hiding

OURS = ("__main__", "api", "domain", "jobs", "omnisales", "plugins")
_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")


def set_up_logs(level: str, process: str, secrets: Collection[str] = ()) -> None:
    """Sends our logs from `level` up, and the libraries' warnings, to standard output, each named after `process`.

    `secrets` are those of this process, which no line holds.
    """

    def name_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"process": process, **event}

    shared: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hiding(secrets),
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    # The server sets up handlers of its own before it asks for our application.
    for name in _SERVER:
        if logging.getLogger(name).handlers:
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True
            logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(capture=True)
    sys.excepthook = _end
    threading.excepthook = _end_of_thread


def _end(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, trace)
    else:
        structlog.get_logger("omnisales").critical("process_failed", exc_info=(kind, fault, trace))


def _end_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
        _end(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
