"""What an E.164 number says by itself: its calling code, its country, its national part.

The tables come from libphonenumber's metadata (`tables/calling_codes.csv`, `tables/shared_prefixes.csv`), so that a
new number costs about a microsecond instead of the 30-55 µs of `phonenumbers.parse`; that library stays the oracle in
the tests. Delivery: pure, no state; the same text always gives the same answer.
"""

from msgspec import Struct

from pipeline.domain.tables import read_table

_DIGITS_MIN, _DIGITS_MAX = 7, 15
"""Digits after the plus sign: at most 15 by ITU-T E.164; fewer than 7 occurs in no numbering plan of libphonenumber."""

_UNDECIDED = ""
"""Stands in a plan's prefixes for one that does not decide the country yet."""


class Number(Struct, frozen=True, gc=False):
    """A possible E.164 number, taken apart.

    `country_code` is the calling code without plus sign (`44`); `country` is ISO 3166-1 alpha-2 as libphonenumber
    writes it, which adds `AC`, `TA` and `XK`, and is empty for calling codes of no country (`+800`, `+88x` ...);
    `national` is what follows the calling code, with the leading zeros that are part of it (Italy).
    """

    country_code: str
    country: str
    national: str


class _Plan(Struct, frozen=True):
    """One calling code: its main country, the prefixes of its other countries, the possible lengths by country."""

    code: str
    main: str
    prefixes: dict[str, str]
    lengths: dict[str, frozenset[int]]
    starts_with_zero: bool


def read_number(text: str) -> Number | None:
    """Take an E.164 number apart, or say by `None` that it is none.

    `None` when the text is not `+`, a digit 1-9 and 6 to 14 more (ASCII) digits; when the calling code is not
    assigned; when no number of that country has this length; and when the trunk prefix 0 stands after a calling code
    whose national numbers never begin with 0 (`+44 07700 …` is a second spelling of one person, and an opt-out must
    not be evaded by spelling). Lengths that are only dialled locally are not possible. A possible number need not be
    assigned: an unknown prefix of a shared calling code counts as the main country's (the United States for +1).

    :param text: the number as the sender gives it, without spaces or punctuation
    """
    size = len(text) - 1
    if not _DIGITS_MIN <= size <= _DIGITS_MAX or text[0] != "+":
        return None
    digits = text[1:]
    if not (digits.isdigit() and digits.isascii()):
        return None
    plan = _PLANS.get(digits[:2]) or _PLANS.get(digits[:1]) or _PLANS.get(digits[:3])
    if plan is None:
        return None
    national = digits[len(plan.code) :]
    country = _country_of(plan, national) if plan.prefixes else plan.main
    if len(national) not in plan.lengths[country] or (national[0] == "0" and not plan.starts_with_zero):
        return None
    return Number(plan.code, country, national)


def _country_of(plan: _Plan, national: str) -> str:
    """Follow the shortest prefix that decides the country."""
    prefixes = plan.prefixes
    for size in range(1, len(national)):
        country = prefixes.get(national[:size], plan.main)
        if country:
            return country
    return plan.main


def _read_plans() -> dict[str, _Plan]:
    """Build the plans of all calling codes from the tables."""
    plans: dict[str, _Plan] = {}
    for row in read_table("calling_codes.csv"):
        code, country = row["calling_code"], row["country"]
        plan = plans.setdefault(code, _Plan(code, country, {}, {}, row["starts_with_zero"] == "yes"))
        plan.lengths[country] = frozenset(map(int, row["lengths"].split()))
    for row in read_table("shared_prefixes.csv"):
        prefix = row["prefix"]
        prefixes = plans[row["calling_code"]].prefixes
        prefixes.update((prefix[:size], _UNDECIDED) for size in range(1, len(prefix)))
        prefixes[prefix] = row["country"]
    return plans


_PLANS = _read_plans()
