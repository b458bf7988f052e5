"""What can be told of an SMS sender: which rules of registration its number is under, and where names may be used.

North American numbers: toll-free by libphonenumber's metadata, other numbers of the United States under 10DLC. Names:
`tables/sender_names.csv`, each row with source and confidence.
"""

import functools
from typing import Literal

from pipeline.domain.number_types import number_type
from pipeline.domain.numbers import read_number
from pipeline.domain.tables import read_table

NAME_CHARACTERS_MAX = 11
"""Characters of a name: what the address field of an SMS holds in GSM 7-bit (3GPP TS 23.040 section 9.1.2.5)."""


@functools.lru_cache(maxsize=16_384)
def north_american_kind(sender_id: str) -> Literal["toll_free", "ten_dlc", ""]:
    """Say under which rules a number sends in North America; empty for other numbers, short codes and names."""
    number = read_number(sender_id)
    if number is None or number.country_code != "1":
        return ""
    if number_type(number) == "toll_free":
        return "toll_free"
    return "ten_dlc" if number.country == "US" else ""


def is_name(sender_id: str) -> bool:
    """Say whether this can be a sender's name: 1 to 11 characters, at least one a letter."""
    return len(sender_id) <= NAME_CHARACTERS_MAX and any(character.isalpha() for character in sender_id)


def names_in(country: str) -> str:
    """Say what holds for names in a country: `unsupported`, `registered`, or nothing that is known (empty)."""
    return _NAMES.get(country, "")


_NAMES = {row["country"]: row["names"] for row in read_table("sender_names.csv")}
