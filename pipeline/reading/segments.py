"""How an SMS is encoded and into how many segments it is cut, as carriers count them.

Form: GSM 7-bit carries 160 septets in one segment, 153 in each of several; a text with any other character goes as
UCS-2 with 70 and 67 UTF-16 code units (the header of a part takes 6 octets). A character of the GSM extension table
takes two septets, one beyond the BMP (most emoji) two code units; such a pair is not split between parts, so counting
walks the text. National shift tables are not used: routes seldom carry them.

Source: 3GPP TS 23.038 (alphabet), TS 23.040 section 9.2.3.24 (header); counts measured with smsutil 1.1.3 and gsm0338
1.1.0 (rules/sms-rules.md, 2026-11-24). A gateway that replaces typographic characters or adds a 16-bit reference (152
and 66) counts otherwise. Pure; the cost is that of one pass over the text.
"""

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

GSM_SINGLE, GSM_PART = 160, 153
"""Septets in the only segment, and in each of several."""
UCS2_SINGLE, UCS2_PART = 70, 67
"""UTF-16 code units in the only segment, and in each of several."""

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€\f"
"""Characters that take an escape and a second septet."""

_BMP_LAST = 0xFFFF
_OUTSIDE = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")


class Segments(Struct, frozen=True, gc=False):
    """How a text goes by SMS: `units` are septets or UTF-16 code units, `count` segments; an empty text is one."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    count: int


def segments_of(text: str) -> Segments:
    """Count the segments of a text as it stands."""
    if _OUTSIDE.search(text) is None:
        extended = len(_EXTENDED.findall(text))
        units = len(text) + extended
        if units <= GSM_SINGLE:
            return Segments("gsm7", units, 1)
        if not extended:
            return Segments("gsm7", units, -(-units // GSM_PART))
        return Segments("gsm7", units, _parts((2 if character in EXTENSION else 1 for character in text), GSM_PART))
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units <= UCS2_SINGLE:
        return Segments("ucs2", units, 1)
    if units == len(text):
        return Segments("ucs2", units, -(-units // UCS2_PART))
    return Segments("ucs2", units, _parts((2 if ord(character) > _BMP_LAST else 1 for character in text), UCS2_PART))


def forcing_ucs2(text: str) -> tuple[str, ...]:
    """List the characters that force UCS-2, each once, in the order of the text: curly quotes, a dash, an emoji."""
    return tuple(dict.fromkeys(_OUTSIDE.findall(text)))


def _parts(sizes: Iterable[int], part: int) -> int:
    """Count the parts when a character of two units must not be split."""
    count, room = 0, 0
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count
