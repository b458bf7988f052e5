"""What makes texts of one campaign alike: four keys to find candidates, and a signature to confirm them.

Both are min-hashes of the pairs of neighbouring words, digits and links masked (of the pairs of characters in scripts
without spaces). Texts that differ in link, digits, name or a few letters share a key in 94 % of cases; short ones, of
five to nine words, in 88 %. Never act on one key alone: confirm with the signatures, which agree in the share that the
texts have in common. Source: design.md section 5 (measured 2026-11-24 on 19,551 messages: pair recall 0.996 and
precision 0.78 by keys, 0.991 and 0.929 with an agreement of 0.5 or more).

Keys hold for one version of rensa's algorithm (`ALGORITHM`), so only what workers of one version find may be compared.
"""

from itertools import pairwise
from typing import Final

from msgspec import Struct
from rensa import RMinHash

from pipeline.reading.normalise import is_unspaced

KEYS: Final = 4
SIGNATURE_VALUES: Final = 32
_SEED: Final = 20_261_124
"""Any number would do; another one makes other keys."""
_ROW_BITS: Final = 32
_GRAMS_MAX: Final = 2_048
ALGORITHM: Final = f"rensa-{RMinHash.ALGORITHM_VERSION}"


class Fingerprint(Struct, frozen=True, gc=False):
    """What a text looks like, without its words."""

    keys: tuple[int, ...]
    """Four, each below 2**34: its row times 2**32, and the row's smallest hash. Empty for a text without words."""
    signature: tuple[int, ...]


NO_FINGERPRINT: Final = Fingerprint((), ())


def fingerprint(masked: str) -> Fingerprint:
    """Make the fingerprint of a text.

    :param masked: a normalised text, digits masked, links as `~`
    """
    grams = _grams(masked)
    if not grams:
        return NO_FINGERPRINT
    rows = RMinHash(KEYS, _SEED)
    rows.update(grams)
    signature = RMinHash(SIGNATURE_VALUES, _SEED + 1)
    signature.update(grams)
    first, second, third, fourth = rows.digest()
    keys = (first, second | 1 << _ROW_BITS, third | 2 << _ROW_BITS, fourth | 3 << _ROW_BITS)
    return Fingerprint(keys, tuple(signature.digest()))


def agreement(first: Fingerprint, second: Fingerprint) -> float:
    """Estimate the share of pairs that two texts have in common, from 0 to 1; 0 if one has no words."""
    if not first.signature or not second.signature:
        return 0.0
    return sum(map(int.__eq__, first.signature, second.signature)) / SIGNATURE_VALUES


def _grams(masked: str) -> list[str]:
    tokens = masked.split()
    if not masked.isascii() and any(is_unspaced(word[0]) for word in tokens):
        tokens = [token for word in tokens for token in (word if is_unspaced(word[0]) else (word,))]
    if len(tokens) <= 1:
        return tokens
    return list(map(" ".join, pairwise(tokens[:_GRAMS_MAX])))
