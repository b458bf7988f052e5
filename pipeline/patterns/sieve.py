"""What has come before: small counters that let through only what comes again, in a space that never grows.

Most texts are seen once, and so are most pairs of sender and recipient. A subject gets counts of its own only when it
has passed the sieve. It counts in two rows of one byte each (a count-min sketch, raising only the smaller), and in two
halves of half a day, the older of which is emptied when a new one begins: what came between 12 and 24 hours ago still
counts.

Counts are never too low for what both halves hold (up to 254 each). They can be too high: of subjects seen once, at
most 1 % pass a sieve of three at the number of different subjects that it is made for (docs/decisions/0012). Someone
who floods it makes others pass early, which costs counts, never verdicts: levels rest on a subject's own counts.
"""

from typing import Final

HALF_SECONDS: Final = 43_200
_FIRST: Final = 0x9E37_79B9_7F4A_7C15
_SECOND: Final = 0xC2B2_AE3D_27D4_EB4F
"""Odd numbers without a pattern in their bits: 2**64 by the golden ratio, and a constant of xxHash."""
_FULL: Final = 255
_WORD: Final = (1 << 64) - 1


class Sieve:
    """Counts how often each of many was seen."""

    def __init__(self, different: int) -> None:
        """Make an empty sieve.

        :param different: how many different subjects a half is made for; it takes four to eight bytes for each, in
            both halves together up to sixteen
        """
        self._bits = max(10, (2 * different - 1).bit_length())
        self._half = 0
        self._young = self._empty()
        self._old = self._empty()

    @property
    def size_bytes(self) -> int:
        """How much space it takes, whatever is counted."""
        return 4 << self._bits

    def add(self, key: int, second: int) -> int:
        """Count one sight of a key, and say how many there were, this one among them.

        :param key: any number from 0
        :param second: since 1970, of the event; from before the older half it is counted as of now
        """
        half = second // HALF_SECONDS
        if half > self._half:
            self._turn(half)
        shift = 64 - self._bits
        first = (key * _FIRST & _WORD) >> shift
        second_place = ((key * _SECOND & _WORD) >> shift) + (1 << self._bits)
        young, old = self._young, self._old
        one, other = young[first], young[second_place]
        seen = (one if one < other else other) + 1
        if seen < _FULL:
            if one < seen:
                young[first] = seen
            if other < seen:
                young[second_place] = seen
        one, other = old[first], old[second_place]
        return seen + (one if one < other else other)

    def _turn(self, half: int) -> None:
        self._old = self._young if half == self._half + 1 else self._empty()
        self._young = self._empty()
        self._half = half

    def _empty(self) -> bytearray:
        return bytearray(2 << self._bits)
