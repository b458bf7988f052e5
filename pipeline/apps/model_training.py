"""Fit the model of wordings: logistic regression on hashed features, by stochastic gradient descent, in plain Python.

The same examples in the same order give the same bytes: the order of each round is a hash, sums are taken in one order,
and no library is asked but the C library's `exp` (another one's may round otherwise, in a byte or two of the file).
26,000 examples take 7 s.
"""

import hashlib
import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from zlib import crc32

from pipeline.reading.model import Model, ModelHead
from pipeline.reading.model_features import PLACES, places_of, tokens_of

ROUNDS: Final = 6
STEP: Final = 2.0
"""Of the first example; it falls to `STEP_LAST` in a line. Features are as many as the square root of them divides."""
STEP_LAST: Final = 0.01
BIAS_STEP: Final = 0.05
"""Of the step: the bias stands in every example, and would run ahead of the weights."""
DECAY: Final = 2e-5
"""How much of all weights a step takes back. 1e-6 to 1e-4 were tried: less let single words decide."""
WEIGHT_MAX: Final = 127
_LOG_ODDS_MAX: Final = 30.0


class Example(NamedTuple):
    """A text to learn from."""

    masked: str
    is_fraud: bool
    weight: float
    """How much it counts; 1 for a message of a corpus."""


class _Features(NamedTuple):
    places: list[int]
    share: float
    """One over the square root of their number."""
    is_fraud: bool
    weight: float


def fit(examples: Sequence[Example]) -> Model:
    """Fit a model; examples without words are left out.

    :raises ValueError: there is nothing to learn from
    """
    features = [found for example in examples if (found := _features(example)).places]
    if not features:
        message = "no example has words"
        raise ValueError(message)
    weights, bias = _descend(features)
    scale = max(map(abs, weights)) / WEIGHT_MAX or 1.0
    whole = array("b", [round(weight / scale) for weight in weights])
    return Model(ModelHead(scale, bias, hashlib.sha256(whole.tobytes()).hexdigest(), digest_of(examples)), whole)


def digest_of(examples: Iterable[Example]) -> str:
    """Hash examples: what a model says it was trained on."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.masked}\0{example.is_fraud}\0{example.weight:.6f}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _features(example: Example) -> _Features:
    places = [place for token in sorted(tokens_of(example.masked)) for place in places_of(token)]
    return _Features(places, 1 / math.sqrt(len(places) or 1), example.is_fraud, example.weight)


def _descend(features: Sequence[_Features]) -> tuple[list[float], float]:
    """Walk down: weights are kept divided by `kept`, so that decay costs one product for all of them."""
    weights, kept, bias = [0.0] * PLACES, 1.0, 0.0
    steps = ROUNDS * len(features)
    for number, (places, share, is_fraud, weight) in enumerate(_in_rounds(features)):
        step = STEP * (1 - number / steps) + STEP_LAST
        log_odds = bias + kept * share * sum(map(weights.__getitem__, places))
        probability = 1 / (1 + math.exp(-max(-_LOG_ODDS_MAX, min(_LOG_ODDS_MAX, log_odds))))
        slope = (probability - is_fraud) * weight * step
        bias -= BIAS_STEP * slope
        kept *= 1 - step * DECAY
        change = slope * share / kept
        for place in places:
            weights[place] -= change
    return [weight * kept for weight in weights], bias


def _in_rounds(features: Sequence[_Features]) -> Iterable[_Features]:
    for turn in range(ROUNDS):
        order = sorted(range(len(features)), key=lambda number: (crc32(f"{turn}:{number}".encode()), number))
        for number in order:
            yield features[number]
