"""The language of a text: by its script where that decides, by CLD2 for Latin and Cyrillic letters, `und` when unsure.

Results are ISO 639-1 codes. Source: Unicode blocks; pycld2 0.42 (Compact Language Detector 2, Apache-2.0), which is
sure of about half of all texts below ten words; a wrong language would be worse than none. Cost: 3-9 µs.
"""

from bisect import bisect_right
from collections import Counter
from typing import Final

try:
    import pycld2
except ImportError:  # no wheel for this platform: then Latin texts are `und`
    pycld2 = None

UNSURE: Final = "und"

_BLOCKS: Final = (
    # first code point, script, by which a language is told or which is looked at again
    (0x0041, "latin"),
    (0x0370, "el"),
    (0x0400, "cyrillic"),
    (0x0530, "hy"),
    (0x0590, "he"),
    (0x0600, "arabic"),
    (0x0700, ""),
    (0x0900, "hi"),
    (0x0980, "bn"),
    (0x0A00, "pa"),
    (0x0A80, "gu"),
    (0x0B00, "or"),
    (0x0B80, "ta"),
    (0x0C00, "te"),
    (0x0C80, "kn"),
    (0x0D00, "ml"),
    (0x0D80, "si"),
    (0x0E00, "th"),
    (0x0E80, "lo"),
    (0x0F00, "bo"),
    (0x1000, "my"),
    (0x10A0, "ka"),
    (0x1100, "ko"),
    (0x1200, "am"),
    (0x13A0, ""),
    (0x1780, "km"),
    (0x1800, ""),
    (0x1E00, "latin"),
    (0x1F00, "el"),
    (0x2000, ""),
    (0x3041, "ja"),
    (0x3100, ""),
    (0x3400, "zh"),
    (0xA000, ""),
    (0xAC00, "ko"),
    (0xD7B0, ""),
    (0xF900, "zh"),
    (0xFB00, ""),
    (0xFB50, "arabic"),
    (0xFE00, ""),
    (0x20000, "zh"),
)
_FIRST: Final = tuple(first for first, _ in _BLOCKS)
_SCRIPTS: Final = tuple(script for _, script in _BLOCKS)
_KANA_SHARE_MIN: Final = 0.1
"""Of the different characters of a Japanese text at least so many are Kana; Chinese has none."""
_BY_LETTERS: Final = (
    # script, language, letters that only it has among those of the script that messages are written in
    ("arabic", "ur", frozenset("ٹڈڑےں")),
    ("arabic", "fa", frozenset("پچژگ")),
    ("cyrillic", "uk", frozenset("іїєґ")),
    ("cyrillic", "be", frozenset("ў")),
    ("cyrillic", "sr", frozenset("ђћџљњ")),
    ("cyrillic", "kk", frozenset("әғқңөұүһ")),
)


def language_of(text: str) -> str:
    """Tell the language of a text, `und` when unsure.

    :param text: as sent, best without links; any text
    """
    if text.isascii():
        return _by_words(text, "latin")
    characters = set(text.casefold())
    script = _script_of(characters)
    if script not in ("latin", "cyrillic", "arabic"):
        return script or UNSURE
    for of_script, language, letters in _BY_LETTERS:
        if of_script == script and not letters.isdisjoint(characters):
            return language
    return "ar" if script == "arabic" else _by_words(text, script)


def _script_of(characters: set[str]) -> str:
    """Find the script that most of the different letters belong to; Kana decides for Japanese."""
    counts = Counter(map(_SCRIPT_OF.__getitem__, characters))
    del counts[""]
    if not counts:
        return ""
    if counts["ja"] >= _KANA_SHARE_MIN * counts.total():
        return "ja"
    return max(counts, key=lambda script: (counts[script], script))


class _ScriptOf(dict[str, str]):
    """The script of each character that was ever seen; empty for what is no letter."""

    def __missing__(self, character: str) -> str:
        if len(self) >= _CACHED_CHARACTERS_MAX:
            self.clear()
        script = _SCRIPTS[bisect_right(_FIRST, ord(character)) - 1] if character.isalpha() else ""
        self[character] = script
        return script


_CACHED_CHARACTERS_MAX: Final = 20_000
_SCRIPT_OF: Final = _ScriptOf()


def _by_words(text: str, script: str) -> str:
    if pycld2 is None:
        return UNSURE
    try:
        is_sure, _, details = pycld2.detect(text.encode("utf-8", "replace"))
    except pycld2.error:  # control characters
        return UNSURE
    language: str = details[0][1]
    if not is_sure or language == "un" or len(language) > _CODE_CHARACTERS:
        return UNSURE
    return (
        language
        if script == "latin" or language in ("ru", "bg", "mk", "sr", "uk", "be", "mn", "kk", "ky", "tg")
        else UNSURE
    )


_CODE_CHARACTERS: Final = 2
