"""A wording as features of a model: which places of its table of weights a token of a text looks up.

A token is a word, a pair of neighbouring words, or, in scripts that write no spaces between words, two or three
neighbouring characters. A word counts as a whole and by its parts of five characters, so that `verificado` and
`verificada` have most in common. Digits are `0` and links `~`, as in every masked text. CRC-32 chooses the place: it is
the same in every process and on every machine, and takes 0.1 µs.

docs/model-card.md tells what other features gave.
"""

from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import Final
from zlib import crc32

from pipeline.reading.normalise import is_unspaced

PLACES: Final = 1 << 18
"""A power of two, so that a mask takes the remainder. Training saw 140,000 features in 108,000 places: four in ten
share theirs."""
WORDS_MAX: Final = 400
"""How many words of a text are read, and how many characters of scripts without spaces: more than ten parts of an SMS
hold. What stands behind is left to the rules that look for patterns; without an end a hostile text would cost 20 ms."""
WORD_CHARACTERS_MAX: Final = 24
"""A longer word counts by its beginning: it is an identifier, or was written to take time."""
_PART_CHARACTERS: Final = 5
_PAIR: Final = " "
_is_unspaced: Final = lru_cache(maxsize=20_000)(is_unspaced)
"""Asked of every word, by its first character."""


def tokens_of(masked: str) -> set[str]:
    """Cut a masked text into its different tokens.

    :param masked: a normalised text, digits masked, links as `~`; any text
    :returns: words and runs of characters; pairs have a space in them
    """
    words = masked.split(maxsplit=WORDS_MAX)[:WORDS_MAX]
    if masked.isascii():
        return {*words, *map(_PAIR.join, pairwise(words))}
    tokens, left = set[str](), WORDS_MAX
    for place, word in enumerate(words):
        if _is_unspaced(word[0]):
            run = words[place] = word[:left]
            left -= len(run)
            twos = [*map(add, run, run[1:])]
            tokens.update(twos, map(add, twos, run[2:]))
        else:
            tokens.add(word)
    return tokens.union(map(_PAIR.join, pairwise(words)))


def places_of(token: str) -> list[int]:
    """Give the places of one token: its own, and those of its parts; from 0 to `PLACES` - 1, some maybe twice."""
    return [crc32(feature.encode("utf-8", "replace")) & (PLACES - 1) for feature in _features_of(token)]


def _features_of(token: str) -> list[str]:
    """Name the features; the parts begin with `_`, which stands in no word."""
    if _PAIR in token or _is_unspaced(token[0]):
        return [token]
    word = token[:WORD_CHARACTERS_MAX]
    edged = f"<{word}>"
    return [word, *(f"_{edged[at : at + _PART_CHARACTERS]}" for at in range(len(edged) - _PART_CHARACTERS))]
