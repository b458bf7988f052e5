"""How alike a wording is to known fraud, from 0 to 1, by a linear model: one sign more, never a proof.

The logarithm of the odds is the sum of the weights of all features of a text (`model_features.py`) over the square
root of how many they are, times a scale, and a bias. Weights are whole numbers, so that the order of adding can't
change a sum. What each word adds up to is kept, so a word that was seen before costs one look-up.

Trained by `bench/train_model.py`; for what it is fit and what it misses: docs/model-card.md. Cost: 5-25 µs a text,
3 ms the worst.
"""

import hashlib
import math
from array import array
from importlib import resources
from typing import Final, NamedTuple, Self

import msgspec

from pipeline.reading.model_features import PLACES, places_of, tokens_of

_CACHED_TOKENS_MAX: Final = 60_000
"""Some 8 MB; beyond it a table begins anew."""
_CACHED_TOKEN_CHARACTERS_MAX: Final = 50
"""Two long words; what is longer does not come again."""
_COUNT_BITS: Final = 24
"""A sum of weights and a count of features are kept in one number: the count below, the sum above."""
_COUNT_MASK: Final = (1 << _COUNT_BITS) - 1
_VERSION_CHARACTERS: Final = 12
_LOG_ODDS_MAX: Final = 30.0
"""Beyond it a float of 1 minus the probability says nothing more."""


FRAUD_SCORE_HIGH: Final = 0.97
"""From here on a wording alone may be reason to flag: of honest business messages at most 3 in 1,000 reached it in any
corpus (docs/model-card.md). Below it, it counts beside other signs only."""


class ModelError(ValueError):
    """A file holds no model, or not the one that was written; whoever installed the package can mend it."""


class ModelHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a model's file before its weights."""

    scale: float
    """What a whole number of a weight is worth."""
    bias: float
    weights_sha256: str
    trained_on: str
    """The hash of the rows it was trained on."""


class _TokenSums(dict[str, int]):
    """What each token adds: the sum of its weights, and how many features it has."""

    def __init__(self, weights: "array[int]") -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, token: str) -> int:
        places = places_of(token)
        found = (sum(map(self._weights.__getitem__, places)) << _COUNT_BITS) + len(places)
        if len(token) <= _CACHED_TOKEN_CHARACTERS_MAX:
            if len(self) >= _CACHED_TOKENS_MAX:
                self.clear()
            self[token] = found
        return found


class Model:
    """A trained model."""

    def __init__(self, head: ModelHead, weights: "array[int]") -> None:
        """Take weights, one for each place."""
        self.head = head
        self._scale, self._bias = head.scale, head.bias
        self.weights: Final = weights
        self._sums = _TokenSums(weights)

    @property
    def version(self) -> str:
        """Name it by its content: 12 hexadecimal digits."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:_VERSION_CHARACTERS]

    def fraud_score(self, masked: str) -> float:
        """Tell how alike a text is to known fraud, from 0 to 1; 0 for a text without words.

        :param masked: a normalised text, digits masked, links as `~`; any text
        """
        tokens = tokens_of(masked)
        if not tokens:
            return 0.0
        total = sum(map(self._sums.__getitem__, tokens))
        log_odds = self._bias + self._scale * (total >> _COUNT_BITS) / math.sqrt(total & _COUNT_MASK)
        return 1.0 / (1.0 + math.exp(-max(-_LOG_ODDS_MAX, min(_LOG_ODDS_MAX, log_odds))))

    def to_bytes(self) -> bytes:
        """Write it: a line of JSON, then a byte for each weight."""
        return msgspec.json.encode(self.head) + b"\n" + self.weights.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote.

        :raises ModelError: it is something else, or was damaged
        """
        line, _, body = content.partition(b"\n")
        try:
            head = msgspec.json.decode(line, type=ModelHead)
        except msgspec.DecodeError as error:
            message = f"the head of the model can't be read: {error}"
            raise ModelError(message) from error
        if len(body) != PLACES or hashlib.sha256(body).hexdigest() != head.weights_sha256:
            message = f"the weights are not those that were written ({len(body)} bytes of {PLACES})"
            raise ModelError(message)
        return cls(head, array("b", body))


class _Packaged(NamedTuple):
    model: Model
    version: str


def _read_packaged() -> _Packaged:
    model = Model.from_bytes((resources.files(__package__ or __name__) / "model.bin").read_bytes())
    return _Packaged(model, model.version)


PACKAGED_MODEL, MODEL_VERSION = _read_packaged()
