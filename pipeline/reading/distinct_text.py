"""What texts of one wording share: worked out once for all of them, and only when asked.

Two texts have the same wording when their normalised forms differ in digits and links alone. Nothing that depends on
those stands here, so a code, an amount or a link in one of them can't hide behind another: links, sensitive numbers,
brands and patterns are looked for in every text. The fingerprint is a function of the masked text, and so is
what a model says of it.
"""

import re
from collections.abc import Callable
from typing import Final

from pipeline.reading.fingerprint import Fingerprint, fingerprint, short_signature

_DIGITS: Final = re.compile("[0-9]+")


def mask(normalised: str) -> str:
    """Mask the digits of a normalised text, whose links are masked already: every run becomes `0`."""
    return _DIGITS.sub("0", normalised)


class DistinctText:
    """A masked text, and what is worked out of it when it is first asked for. Equal if the masked texts are."""

    __slots__ = ("_fingerprint", "_fraud_score", "_model", "_signature", "masked")

    def __init__(self, masked: str, model: Callable[[str], float] | None = None) -> None:
        """Take a normalised text, masked.

        :param model: tells how much a masked text is like fraud's, from 0 to 1; asked once at most
        """
        self.masked = masked
        self._model = model
        self._fraud_score: float | None = None
        self._fingerprint: Fingerprint | None = None
        self._signature: bytes | None = None

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

    @property
    def signature(self) -> bytes:
        """The short signature of the fingerprint, as patterns hold it; empty without words."""
        if self._signature is None:
            self._signature = short_signature(self.fingerprint)
        return self._signature

    @property
    def fraud_score(self) -> float:
        """How much the wording is like fraud's, from 0 to 1, as the model says; 0 without one."""
        if self._fraud_score is None:
            self._fraud_score = 0.0 if self._model is None else self._model(self.masked)
        return self._fraud_score
