"""Tax ids and bank accounts of a legal entity: whether they can be right. Pure.

A Romanian CUI (CIF) has 2 to 10 digits, the last of which follows from the others by the weights 753217532 (the rule of
its issuer). Ids of other countries are looked at loosely: a country's two letters and what VAT numbers are made of.
"""

import re

_CUI = re.compile(r"\d{2,10}")
_FOREIGN = re.compile(r"[A-Z]{2}[A-Z0-9]{2,13}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_WEIGHTS = (7, 5, 3, 2, 1, 7, 5, 3, 2)
ROMANIA = "RO"


def compact(text: str) -> str:
    """As it is kept: capitals, without the spaces, dots and hyphens that people write."""
    return re.sub(r"[\s.\-]", "", text).upper()


def tax_id_problem(tax_id: str, country: str | None) -> str | None:
    """Why this compact id can be nobody's, or None. Digits alone are Romanian, unless the country is another."""
    if tax_id.startswith(ROMANIA) or (tax_id.isdigit() and country in (None, ROMANIA)):
        return None if _is_cui(tax_id.removeprefix(ROMANIA)) else "This is no CUI: check each of its digits."
    if _FOREIGN.fullmatch(tax_id) or (tax_id.isascii() and tax_id.isdigit() and 2 <= len(tax_id) <= 15):
        return None
    return "Give a Romanian CUI, or a VAT number that begins with its country's two letters."


def iban_problem(iban: str) -> str | None:
    """Why this compact IBAN can be none (ISO 13616: its form and its check digits), or None."""
    if not _IBAN.fullmatch(iban):
        return "Give an IBAN: two letters, two digits, and the account."
    digits = "".join(str(int(one, 36)) for one in iban[4:] + iban[:4])
    return None if int(digits) % 97 == 1 else "This IBAN's check digits do not fit: check each of its characters."


def _is_cui(digits: str) -> bool:
    if not (digits.isascii() and _CUI.fullmatch(digits)):
        return False
    *body, check = (int(one) for one in digits)
    total = sum(weight * one for weight, one in zip(_WEIGHTS[-len(body) :], body, strict=True))
    return total * 10 % 11 % 10 == check
