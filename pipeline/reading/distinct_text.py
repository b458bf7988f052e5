"""What texts of one wording share: worked out once for all of them, and only when asked.

Two texts have the same wording when their normalised forms differ in digits and links alone. Nothing that depends on
those stands here, so a code, an amount or a link in one of them can't hide behind another: links, sensitive numbers,
brands and patterns are looked for in every text. The fingerprint is a function of the masked text, and so is
what a model says of it.
"""

import re
from typing import Final

from pipeline.reading.fingerprint import Fingerprint, fingerprint

_DIGITS: Final = re.compile("[0-9]+")


def mask(normalised: str) -> str:
    """Mask the digits of a normalised text, whose links are masked already: every run becomes `0`."""
    return _DIGITS.sub("0", normalised)


class DistinctText:
    """A masked text, and what is worked out of it when it is first asked for. Equal if the masked texts are."""

    __slots__ = ("_fingerprint", "fraud_score", "masked")

    def __init__(self, masked: str, fraud_score: float = 0.0) -> None:
        """Take a normalised text, masked.

        :param fraud_score: how much the wording is like fraud's, from 0 to 1, as a model says; 0 without one
        """
        self.masked = masked
        self.fraud_score = fraud_score
        self._fingerprint: Fingerprint | None = None

    def __eq__(self, other: object) -> bool:
        """Tell whether another has the same wording."""
        return isinstance(other, DistinctText) and other.masked == self.masked

    def __hash__(self) -> int:
        """Agree with equality."""
        return self.masked.__hash__()

    @property
    def fingerprint(self) -> Fingerprint:
        """What makes texts of one campaign alike."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint(self.masked)
        return self._fingerprint
