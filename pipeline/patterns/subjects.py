"""Whom and what counts are kept of, and how each is named on `compliance.observations`.

A subject is named `<kind>/<what>`: `campaign/<min-hash key>` (a text has four), `workspace/<id>`,
`sender/<type>:<id>`, `credential/<workspace>:<type>:<id>`, `range/<workspace>:<number without its last three digits>`,
`pair/<hash of sender and recipient>`. A range is a workspace's own, so that what one does to it stops no other. No
subject names a person: a recipient stands in `pair` under a keyed hash alone,
and a range holds a thousand numbers.
"""

import functools
from collections.abc import Mapping
from typing import Final, Literal

from pipeline.patterns.distinct import HASH_BYTES, hash_of
from pipeline.patterns.windows import ALL_DISTINCTS, DOMAINS, RECIPIENTS, Row

Kind = Literal["campaign", "workspace", "sender", "credential", "range", "pair"]

DISTINCTS: Final[Mapping[str, int]] = {
    "campaign": ALL_DISTINCTS,
    "workspace": RECIPIENTS | DOMAINS,
    "sender": RECIPIENTS | DOMAINS,
    "credential": RECIPIENTS,
    "range": RECIPIENTS,
    "pair": 0,
}
"""Of what different ones are told apart, by kind: what would always be one, or what no level asks for, is not."""

RANGE_DIGITS: Final = 3
"""Blocks of a thousand: the smallest that numbering plans hand out (E.164 plans of the US and the UK)."""

_CACHED_NAMES_MAX: Final = 65_536


def campaign_subject(key: int) -> str:
    """Name the subject of one min-hash key."""
    return f"campaign/{key:x}"


def key_in(subject: str) -> int:
    """Give the min-hash key in a campaign's subject."""
    return int(subject.removeprefix("campaign/"), 16)


def pair_subject(pair: int) -> str:
    """Name the subject of a sender and a recipient.

    :param pair: their number, see `pair_of`
    """
    return f"pair/{pair:0{2 * HASH_BYTES}x}"


def range_subject(workspace: str, numbers: str) -> str:
    """Name the subject of a workspace's messages to a range of numbers."""
    return f"range/{workspace}:{numbers}"


def range_of(number: str) -> str:
    """Give the range of a recipient's number in E.164; empty for what is no number."""
    return number[:-RANGE_DIGITS] if number.startswith("+") and len(number) > RANGE_DIGITS + 1 else ""


def pair_of(row: Row, key: bytes) -> int:
    """Give the number of a sender and a recipient together, which tells neither."""
    return number_of(row.sender, key) ^ int.from_bytes(row.recipient, "big")


@functools.lru_cache(maxsize=_CACHED_NAMES_MAX)
def number_of(name: str, key: bytes) -> int:
    """Give the hash of a name that comes again and again as a number, to be mixed with others."""
    return int.from_bytes(hash_of(name, key), "big")


@functools.lru_cache(maxsize=_CACHED_NAMES_MAX)
def direct_subjects(workspace: str, sender: str, credential: str) -> tuple[str, str, str]:
    """Name the subjects that are counted from their first message on: there are as many as tenants have of them."""
    return f"workspace/{workspace}", f"sender/{sender}", f"credential/{workspace}:{credential}"


def kind_of(subject: str) -> str:
    """Give the kind of a subject."""
    return subject.partition("/")[0]
