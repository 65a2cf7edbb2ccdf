"""What can be a password. Pure."""

import re
import unicodedata
from itertools import pairwise

from domain.kernel.refusals import Path, Problem

SHORTEST = 12
LONGEST = 1024
_LEAST_LETTERS = 5
"""Different characters of a password."""
_LEAST_OWN = 6
"""Characters that are left of a password without the e-mail address and the name."""

COMMON = frozenset(
    [
        "abcabcabcabc",
        "abcdefghijkl",
        "abcdefghijklm",
        "administrator",
        "adminadmin",
        "adminadminadmin",
        "asdfasdfasdf",
        "asdfghjkl",
        "asdfghjklqwe",
        "bismillah",
        "changeme",
        "changemenow",
        "changeit",
        "chocolate",
        "computer",
        "corectcalbaterie",
        "correcthorsebatterystaple",
        "default",
        "defaultpassword",
        "dragon",
        "dragondragon",
        "football",
        "footballfootball",
        "guest",
        "hello",
        "helloworld",
        "hunter",
        "iloveyou",
        "iloveyouforever",
        "iloveyousomuch",
        "jordan",
        "letmein",
        "letmeinnow",
        "letmeinplease",
        "liverpool",
        "login",
        "manchester",
        "master",
        "mastermaster",
        "michelle",
        "monkey",
        "monkeymonkey",
        "mustang",
        "mypassword",
        "mynameis",
        "newpassword",
        "omnisales",
        "omnisalesomnisales",
        "oneloveonelove",
        "orders",
        "parola",
        "parolamea",
        "parolaparola",
        "parolasecreta",
        "password",
        "passwordispassword",
        "passwordone",
        "passwordpassword",
        "passwords",
        "passwort",
        "pokemon",
        "princess",
        "qazwsx",
        "qazwsxedc",
        "qazwsxedcrfv",
        "qwerasdfzxcv",
        "qwert",
        "qwerty",
        "qwertyqwerty",
        "qwertyuiop",
        "qwertyuiopasdf",
        "qwertyuiopasdfghjkl",
        "romania",
        "romaniaromania",
        "root",
        "rootroot",
        "samsung",
        "schimbama",
        "secret",
        "secretpassword",
        "secretsecret",
        "shadow",
        "shopshop",
        "starwars",
        "sunshine",
        "superman",
        "supersecret",
        "superuser",
        "temporary",
        "testing",
        "testpassword",
        "testtest",
        "testtesttest",
        "thisisapassword",
        "thisismypassword",
        "trustno",
        "user",
        "username",
        "welcome",
        "welcomehome",
        "welcometohell",
        "whatever",
        "winter",
        "yellow",
        "zxcvbnm",
        "zxcvbnmasdfghjkl",
    ]
)
"""The commonest, without what people put before and after: digits and signs."""


def prepared(password: str) -> str:
    """The form that is hashed: however a keyboard composes an accent, it is the same password (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def password_problem(path: Path, password: str, *, email: str, name: str) -> Problem | None:
    """Why this cannot be the password of this person, or None."""
    text = "" if len(password) > LONGEST else prepared(password)
    if not SHORTEST <= len(text) <= LONGEST:
        return Problem(
            path, "BAD_LENGTH", f"A password has {SHORTEST} to {LONGEST} characters; several words are best."
        )
    plain = text.casefold()
    letters = re.sub(r"[\W\d_]", "", plain)
    if len(set(plain)) < _LEAST_LETTERS or letters in COMMON or (not letters and _is_run(plain)):
        return Problem(
            path, "TOO_COMMON", "This is among the first that anybody tries. Take several words of your own."
        )
    if _without(plain, email, name) < _LEAST_OWN:
        return Problem(path, "TOO_PERSONAL", "A password is not the e-mail address or the name.")
    return None


def _is_run(text: str) -> bool:
    """Digits one after the other: 123456789012, 098765432109."""
    digits = re.sub(r"\D", "", text)
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) <= 1


def _without(plain: str, email: str, name: str) -> int:
    """How much is left without the words of the address and the name."""
    local, _, domain = email.casefold().partition("@")
    words = {email.casefold(), local, domain, *re.split(r"[\W_]+", f"{email} {name}".casefold())}
    for word in sorted((word for word in words if len(word) > 2), key=len, reverse=True):
        plain = plain.replace(word, "")
    return len(re.sub(r"\W", "", plain))
