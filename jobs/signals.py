"""What may come in the way of a piece of work without being a fault of anybody.

LeaveAlone   another worker is at it
AlreadyDone  somebody ended it meanwhile
Taken        a lock is held by another worker
NotNow       it is not our turn to call (a TryLater): waiting for it is no attempt
AccountUnfit what is stored of an account does not fit its connector: the work waits until a person mended it
"""

from datetime import datetime
from uuid import UUID

from omnisales_sdk import TryLater
from plugins.host import InvalidAccount


class LeaveAlone(Exception):  # noqa: N818 - an outcome, not a fault
    """Another worker holds this work; `until` is when its lease ends, where it has one."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__("another worker is at it")
        self.until = until


class AlreadyDone(Exception):  # noqa: N818
    """The row is gone: somebody finished this work meanwhile."""


class Taken(Exception):  # noqa: N818
    """Somebody else holds the lock."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the lock {name!r} is taken")
        self.name = name


class NotNow(TryLater):
    """The far side was not called: its budget is used up, it does not answer lately, or a lock is held."""


class AccountUnfit(InvalidAccount):
    """`kind` is channel or courier. The message names the fields, and repeats no credential."""

    def __init__(self, kind: str, account_id: UUID, fault: InvalidAccount) -> None:
        super().__init__(fault.key, fault.problems)
        self.kind = kind
        self.account_id = account_id
