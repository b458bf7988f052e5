"""Whom a provider means: a number in any of the spellings that providers use, or WhatsApp's business-scoped id."""

import re
from typing import Final

from msgspec import Struct

from pipeline.domain.numbers import read_number
from pipeline.providers.trees import text_of

_PREFIX: Final = re.compile(r"^(whatsapp|tel|sms|mms|phone|msisdn|messenger|viber|rcs):", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"[\s().\-]")
_BSUID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9][A-Za-z0-9.]{0,200}")
"""Meta's business-scoped user ids begin with the country: `US.13491208655302741918`, `US.ENT.506847293015824`."""
_DIGITS: Final = re.compile(r"\+?[0-9]{3,20}", re.ASCII)
_TRUNK_DIGITS: Final = 10


class Person(Struct, frozen=True):
    """The recipient of messages, as far as a payload names one.

    `number`: E.164 with plus sign. `bsuid`: unique only together with the portfolio's id. `is_numeric`: whether what
    was given looks like a number at all, also if it is none in international form.
    """

    number: str | None = None
    bsuid: str | None = None
    is_numeric: bool = False
    is_given: bool = False


NOBODY: Final = Person()


def person_of(value: object, bsuid: object = None, calling_code: str = "") -> Person:
    """Read a person.

    A number without plus sign counts as international, as providers write it so, if it is possible as such.

    :param value: number with or without `+`, `00`, `whatsapp:`, `tel:`, blanks; or a business-scoped id
    :param bsuid: the id, if the payload gives it apart
    :param calling_code: of providers of one country that write numbers without it (`1`)
    """
    given, apart = text_of(value), text_of(bsuid)
    if given is None:
        return Person(bsuid=apart[:256] if apart else None, is_given=apart is not None)
    plain = _PREFIX.sub("", given)
    if apart is None and _BSUID.fullmatch(plain):
        apart = plain
    digits = _PUNCTUATION.sub("", plain)
    is_numeric = bool(_DIGITS.fullmatch(digits))
    number = international(digits, calling_code) if is_numeric else None
    return Person(number, apart[:256] if apart else None, is_numeric, is_given=True)


def international(digits: str, calling_code: str = "") -> str | None:
    """Bring digits into E.164, or say by `None` that they are no possible international number."""
    bare = digits.removeprefix("+")
    if calling_code and len(bare) == _TRUNK_DIGITS and not digits.startswith("+"):
        bare = calling_code + bare
    number = f"+{bare.removeprefix('00')}" if not digits.startswith("+") else f"+{bare}"
    return number if read_number(number) is not None else None


def sender_of(value: object, calling_code: str = "") -> str | None:
    """Read the business side of a message: its number in E.164, else short code or name as given."""
    given = text_of(value)
    if given is None:
        return None
    plain = _PREFIX.sub("", given)
    digits = _PUNCTUATION.sub("", plain)
    number = international(digits, calling_code) if _DIGITS.fullmatch(digits) else None
    return number or plain[:256]
