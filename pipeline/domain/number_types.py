"""Types of numbers that no campaign may reach: premium rate, shared cost, toll-free, pagers, exchanges, voicemail.

The patterns are those of libphonenumber's metadata (`tables/number_types.csv`, written by
`tools/make_number_types.py`), tried in libphonenumber's order; that library stays the oracle in the tests. One regular
expression a country, compiled on its first number; a number costs about 0.5 µs. Satellite and other codes of no
country (`+870`, `+88x`, `+979`, `+800`, `+808`) have no country in the tables, and are told by that.
"""

import functools
import re

from pipeline.domain.numbers import Number
from pipeline.domain.tables import read_table

NO_COUNTRY = "no_country"
"""A calling code of no country: satellite, international premium rate, freephone and shared cost."""


def number_type(number: Number) -> str:
    """Say which of these types a number has (`premium_rate`, `toll_free`, ...); empty for a mobile and any other.

    :returns: a type of the table, or `NO_COUNTRY`, or an empty text
    """
    if not number.country:
        return NO_COUNTRY
    pattern = _pattern(number.country)
    found = pattern.fullmatch(number.national) if pattern is not None else None
    return found.lastgroup or "" if found is not None else ""


@functools.cache
def _pattern(country: str) -> re.Pattern[str] | None:
    """Join the patterns of a country into one; its groups are named after the types."""
    kinds = _PATTERNS.get(country)
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds), re.ASCII) if kinds else None


_PATTERNS: dict[str, list[tuple[str, str]]] = {}
for _row in read_table("number_types.csv"):
    _PATTERNS.setdefault(_row["country"], []).append((_row["type"], _row["pattern"]))
