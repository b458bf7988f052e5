"""The pages in which a partition keeps the rows that its watch has seen, and where their messages are remembered."""

from typing import Final

import msgspec
from msgspec import Struct

from pipeline.patterns.windows import Row

PAGE_ROWS_MAX: Final = 2_000
"""Rows of one page, 250 bytes each at most: half of what a broker takes as one record (1 MB)."""
PAGES_MAX: Final = 1_000_000
"""Pages of one partition: more than it can write while the longest lease runs."""


class Page(Struct, frozen=True, array_like=True, gc=False):
    """What a transaction has seen."""

    until_milliseconds: int
    """When its verdicts can't be used any more."""
    rows: tuple[Row, ...]
    places: tuple[bytes, ...]
    """For each row where its message is remembered; empty where nothing was let pass."""


decode_page = msgspec.msgpack.Decoder(Page).decode
pack_page = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw, msgspec.Raw]).decode


def until_of(packed: bytes) -> int:
    """Read when a page's verdicts can't be used any more, and leave its rows packed."""
    until_milliseconds, _, _ = _decode_head(packed)
    return until_milliseconds
