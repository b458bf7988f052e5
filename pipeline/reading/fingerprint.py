"""What makes texts of one campaign alike: four keys to find candidates, and a signature to confirm them.

Both are min-hashes of the words and of the pairs of neighbouring words, digits and links masked (in scripts without
spaces of the pairs of characters). With link, digits, name, look-alike letters and a random tail changed all at once,
99 % of texts of ten words and more are still recognised, and 93 % of those of five to nine; by pairs of words alone it
was 80 % of the short ones, because one word is in two pairs of six. Never act on one key alone: confirm with the
signatures, which agree in the share that the texts have in common (`ALIKE_MIN`). Measured 2026-11-24:
docs/decisions/0013-bulk-patterns.md.

Keys hold for one version of rensa's algorithm (`ALGORITHM`), so only what workers of one version find may be compared.
"""

import struct
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

ALIKE_MIN: Final = 0.4
"""From which agreement on two texts are of one campaign. With 0.5 campaigns of random tails fall apart (B-cubed F1 0.94
instead of 0.975 on the gateway stream), with 0.35 short texts of different campaigns run together (0.91)."""


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


def short_signature(whole: Fingerprint) -> bytes:
    """Give a signature in one byte for each value: a quarter of the space, and one value in 256 agrees by chance."""
    return _pack_signature(*whole.signature)[::_VALUE_BYTES] if whole.signature else b""


_VALUE_BYTES: Final = 4
_pack_signature: Final = struct.Struct(f"<{SIGNATURE_VALUES}I").pack
"""Little-endian, so that every fourth byte is the low one of a value."""


def are_alike(first: bytes, second: bytes) -> bool:
    """Say whether two short signatures are of texts of one campaign; never, if one has no words."""
    if first == second:
        return bool(first)
    return len(first) == len(second) and agreeing(first, second) >= ALIKE_MIN * SIGNATURE_VALUES


def agreeing(first: bytes, second: bytes) -> int:
    """Count the values in which two short signatures agree; by one number, four times as quick as byte by byte."""
    differing = int.from_bytes(first, "big") ^ int.from_bytes(second, "big")
    return differing.to_bytes(SIGNATURE_VALUES, "big").count(0)


def _grams(masked: str) -> list[str]:
    tokens = masked.split()
    are_words = True
    if not masked.isascii() and any(is_unspaced(word[0]) for word in tokens):
        tokens = [token for word in tokens for token in (word if is_unspaced(word[0]) else (word,))]
        are_words = False  # characters by themselves stand in every text
    if len(tokens) <= 1:
        return tokens
    tokens = tokens[: _GRAMS_MAX // 2]
    pairs = map(" ".join, pairwise(tokens))
    return [*tokens, *pairs] if are_words else list(pairs)
