"""E-mail addresses as people are told apart by them. Pure."""

from email_validator import EmailNotValidError, validate_email

from domain.kernel.refusals import Path, Problem

MAX_EMAIL = 254


def normalised(text: str) -> str | None:
    """The address in the one form that is kept and looked up: of two ways to write it the same comes out. None: this
    is no address. Small letters throughout: no mail server in use tells two people apart by capitals.
    """
    text = text.strip()
    if not 0 < len(text) <= MAX_EMAIL:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return None


def email_problem(path: Path, text: str) -> Problem | None:
    """Why this cannot be somebody's address, or None."""
    if normalised(text) is not None:
        return None
    return Problem(path, "BAD_EMAIL", "Give an e-mail address, such as ana@shop.example.")
