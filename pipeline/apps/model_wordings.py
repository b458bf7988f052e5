"""Made-up messages for training and testing: honest notices and frauds, from patterns written by hand.

A file holds the patterns of one language: `[slots]` (values parted by `|`), `[notices]` and `[frauds]`, each a table of
kinds with one pattern a line. `{bank}` and so on stand for values; both classes take the same ones, so that no name
tells them apart. The patterns lie in `bench/wordings/`, and don't ship.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Final, NamedTuple
from zlib import crc32

VARIANTS: Final = 4
"""As many as a slot has values: each variant of a pattern with a name in it takes another."""
KEPT_OUT_EVERY: Final = 8
"""One pattern in so many is never trained on; tests and the model card look at these."""
_COMMON: Final[Mapping[str, tuple[str, ...]]] = {
    "amount": ("12.50", "1,250.00", "48", "300.75"),
    "code": ("482913", "7204", "G-51830", "93 11 45"),
    "date": ("24/11", "2026-11-30", "3.12.", "01/12/2026"),
    "link": ("https://notices.example/a4k", "lumen.example/r/9", "https://t.example/x2", "http://go.example/77b"),
    "n": ("2", "40", "5", "12"),
    "phone": ("+12065550100", "+447700900123", "+12125550142", "+447700900877"),
    "ref": ("AB12345", "778-201", "KX90", "1Z5520"),
    "service": ("WhatsApp", "Netflix", "Apple", "Telegram"),
    "time": ("14:30", "9:00", "18.15", "10:45"),
}
_SLOT: Final = re.compile(r"\{([a-z]+)\}")


class Wording(NamedTuple):
    """One made-up message."""

    text: str
    language: str
    kind: str
    """`delivery`, `codes`, ...; of frauds `post`, `job`, ..."""
    is_fraud: bool
    pattern: str
    """Its pattern: messages of one pattern are alike."""
    is_kept_out: bool
    """Whether it is never trained on."""


def read_wordings(text: str) -> list[Wording]:
    """Fill the patterns of one file, each `VARIANTS` times, in the order of the file; the same on every machine.

    :raises KeyError: a pattern names a slot that neither its file nor `_COMMON` knows; its writer can mend it
    :raises tomllib.TOMLDecodeError: the file is no TOML
    """
    file = tomllib.loads(text)
    slots = {**_COMMON, **{slot: tuple(values.split("|")) for slot, values in file["slots"].items()}}
    language = file["language"]
    return [
        Wording(_fill(pattern, slots, variant), language, kind, is_fraud, pattern, _is_kept_out(pattern))
        for is_fraud, table in ((False, file["notices"]), (True, file["frauds"]))
        for kind, patterns in table.items()
        for pattern in patterns.split("\n")
        if pattern
        for variant in range(VARIANTS)
    ]


def _is_kept_out(pattern: str) -> bool:
    return crc32(pattern.encode()) % KEPT_OUT_EVERY == 0


def _fill(pattern: str, slots: Mapping[str, tuple[str, ...]], variant: int) -> str:
    """Put a value into each slot; where a slot stands twice, the second takes the next value."""
    seen: dict[str, int] = {}

    def value(match: re.Match[str]) -> str:
        slot = match[1]
        values = slots[slot]
        seen[slot] = seen.get(slot, -1) + 1
        return values[(variant + seen[slot] + crc32(pattern.encode())) % len(values)]

    return _SLOT.sub(value, pattern)
