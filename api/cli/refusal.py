"""How the command line says no: one sentence that tells what to do, exit code 2, never a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from domain.kernel.refusals import Refusal

EXIT_CODE = 2


class CannotStart(Exception):  # noqa: N818 - an answer to the operator, not a fault
    """A command cannot do its work here. The message is one sentence for the operator and says what to do next."""


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """Turn `CannotStart` and the domain's refusals into their sentence on stderr and exit code 2."""
    try:
        yield
    except (CannotStart, Refusal) as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(EXIT_CODE) from None
