"""Made-up lexicons and texts for measuring: as many patterns as wanted, of the shapes that real ones have."""

import functools
import random
from typing import Final

from pipeline.reading.lexicon_files import Lexicons, Pattern

_WORDS: Final = 4_000
_SYLLABLES: Final = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za ble cra dre fli gro".split()
_SHAPES: Final = (
    " (?:({0}|{1}) (is|has been) ({2}|{3})) ",
    " (?:{0} (?:[^ ]+ ){{0,2}}{1}) ",
    " (?:(your|ur) ({0}|{1}) {2}) ",
    " (?:{0} {1}( {2})?) ",
    " (?:{0}{1}s?) ",
)


@functools.cache
def made_up_words() -> list[str]:
    """Make words that no language has, the same every time."""
    chance = random.Random(20_261_124)  # noqa: S311 - the same words every time
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_WORDS)]


def made_up_lexicons(patterns: int) -> Lexicons:
    """Make so many patterns over made-up words."""
    chance = random.Random(patterns)  # noqa: S311 - the same patterns every time
    words = made_up_words()
    made = tuple(
        Pattern(
            f"made/{number}", "made.up", "2.3", "weak", ("en",), _SHAPES[number % 5].format(*chance.sample(words, 4))
        )
        for number in range(patterns)
    )
    return Lexicons(made, f"sha256:made-up-{patterns}")


def made_up_text(number: int) -> str:
    """Make a text of some 110 characters, each number another one: a third of its words stand in patterns."""
    chance = random.Random(number)  # noqa: S311 - the same text every time
    words = made_up_words()
    filler = "your order parcel account for you at the new and please to we have team today thanks from".split()
    chosen = [chance.choice(words) if chance.random() < 1 / 3 else chance.choice(filler) for _ in range(16)]
    link = f" https://shop{number % 97}.example/o/{number}" if number % 3 == 0 else ""
    return f"{' '.join(chosen)} {number % 9973:04d}.{link}"
