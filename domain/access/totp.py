"""Time-based codes (RFC 6238) and codes for when the phone is lost. Pure but for what is random."""

import base64
import os
import re
from datetime import datetime
from hmac import compare_digest

import pyotp

ISSUER = "OmniSales"
STEP_SECONDS = 30
WINDOW = 1
"""How many steps a phone's clock may be off, either way."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{16}")


def new_totp_secret() -> str:
    """A secret for an app: base32, 160 bits."""
    return pyotp.random_base32()


def setup_uri(secret: str, account: str) -> str:
    """What an app reads from a QR code; `account` is what it shows."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, used: int) -> int | None:
    """The step of time whose code this is, within the window and after the step `used`, since a code is good once; None
    if it is of none. It takes as long whichever it is."""
    current = int(now.timestamp()) // STEP_SECONDS
    otp = pyotp.TOTP(secret)
    found = None
    for step in range(current - WINDOW, current + WINDOW + 1):
        if compare_digest(otp.generate_otp(step), code) and step > used:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Codes of 80 random bits, in groups that people can copy."""
    plain = [base64.b32encode(os.urandom(_RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in plain]


def as_totp(text: str) -> str | None:
    """The six digits that were typed, or None."""
    plain = re.sub(r"[\s-]", "", text[:100])
    return plain if _CODE.fullmatch(plain) else None


def as_recovery(text: str) -> str | None:
    """The recovery code that was typed, in the form that is hashed, or None."""
    plain = re.sub(r"[\s-]", "", text[:100]).upper()
    return plain if _RECOVERY.fullmatch(plain) else None
