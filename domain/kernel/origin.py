"""Where the call that is being answered came from."""

from contextvars import ContextVar

caller_ip: ContextVar[str | None] = ContextVar("caller_ip", default=None)
"""The address of the caller; None where there is no call, such as in jobs."""
