"""The languages in which replies are understood: words with what they do, and patterns over what words do.

Each language is one file in `languages/`. `[words]` gives each kind of word its words: `take off` is two in a row,
`text*` all that begin so, `*ing` all that end so. A `[[patterns]]` reads a clause as kinds of words in a row, not as
words, so one pattern covers every wording of the same build:

    match = "stop soft* contact"    `a|b` either, `?` `*` `+` how often, `any` one word of whatever kind,
                                    `^` `$` begin and end of a clause, `!a` not followed by, `<!a` not preceded by

Each word becomes one letter, and a language's patterns one regular expression over these letters: a clause is read in
one pass, however many words and patterns there are. Loaded once, at import. A file that can't be read is an error of
this package (`LexiconError`), found by its tests.
"""

import re
import tomllib
from importlib import resources
from typing import Final

from msgspec import Struct, convert
from msgspec.structs import replace

from pipeline.replies.folding import BREAK, fold
from pipeline.replies.keywords import Intent

OTHER: Final = "other"
"""The kind of a word that a language does not know."""

PLAIN: Final = "plain"
"""Words that a language knows and that do nothing: to patterns they are `other`, but they tell the language."""


_ITEM: Final = re.compile(r"(<!|!|)([^?*+]+)([?*+]?)")


class LexiconError(Exception):
    """A language file that can't be used; the text names the file and the place."""


class Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """One build of a clause, and what it means; `other` guards: what it covers means nothing, whatever else matches."""

    id: str
    match: str
    intent: Intent = "opt_out"
    confidence: float = 0.9
    purpose: str = "*"
    channel: str = "*"
    positive: tuple[str, ...] = ()
    """Replies that this pattern must find; each is a test."""
    negative: tuple[str, ...] = ()
    """Replies near to it that must not be read as this intent; each is a test."""

    @property
    def is_of_a_part(self) -> bool:
        """Whether it is about one purpose or channel alone."""
        return self.purpose != "*" or self.channel != "*"


class LanguageFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A language as written."""

    language: str
    name: str
    script: str
    """Its script, as ISO 15924 names it."""
    source: str
    words: dict[str, tuple[str, ...]]
    patterns: tuple[Pattern, ...] = ()
    positive: tuple[str, ...] = ()
    """Replies that ask to stop, found by any pattern; each is a test."""
    negative: tuple[str, ...] = ()
    """Replies that don't, with the same words; each is a test."""
    shares_patterns: bool = True
    """Whether the patterns of `common.toml` are used beside its own."""
    has_spaces: bool = True
    """Whether words stand apart; where not, they are found as the longest known ones from left to right."""


class CommonFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns that languages share."""

    patterns: tuple[Pattern, ...]


class Language:
    """A language ready for use."""

    def __init__(self, written: LanguageFile, common: tuple[Pattern, ...] = ()) -> None:
        """Build the tables. Every file has its own letters: kinds of one language mean nothing in another.

        :raises LexiconError: a pattern names a kind without words, or is malformed
        """
        self.code = written.language
        self.written = written
        kinds = [OTHER, *sorted(written.words.keys() - {PLAIN})]
        self._letters = {kind: chr(0x4E00 + number) for number, kind in enumerate(kinds)}
        self._letters[PLAIN] = self._letters[OTHER]
        self.script = written.script
        self.other = self._letters[OTHER]
        self.kinds_by_letter = {letter: kind for kind, letter in self._letters.items() if kind != PLAIN}
        self.phrases: dict[str, str] = {}
        self.prefixes: dict[str, str] = {}
        self.suffixes: dict[str, str] = {}
        self.words_max: dict[str, int] = {}
        for kind, entries in written.words.items():
            for entry in entries:
                self._add(kind, entry)
        self._prefix_sizes = sorted({len(prefix) for prefix in self.prefixes}, reverse=True)
        self._suffix_sizes = sorted({len(suffix) for suffix in self.suffixes})
        self.segment = self._segmenter() if not written.has_spaces else None
        shared = tuple(fitted for pattern in common if (fitted := self._fitted(pattern)) is not None)
        self.patterns = tuple(sorted((*written.patterns, *shared), key=_precedence))
        self.guards = self._compiled([p for p in self.patterns if p.intent == "other"])
        self.meanings = tuple(p for p in self.patterns if p.intent != "other")
        self.matches = self._compiled(list(self.meanings))

    def _add(self, kind: str, entry: str) -> None:
        letter = self._letters[kind]
        bare = fold(entry.strip("*"))
        if not bare or BREAK in bare:
            message = f"languages/{self.code}.toml: words.{kind}: {entry!r} holds no word, or more than one clause"
            raise LexiconError(message)
        if entry.startswith("*"):
            self.suffixes[bare] = letter
            return
        if entry.endswith("*"):
            self.prefixes[bare] = letter
            return
        known = self.phrases.setdefault(bare, letter)
        if known != letter:
            message = f"languages/{self.code}.toml: {entry!r} is of two kinds: {self.kinds_by_letter[known]}, {kind}"
            raise LexiconError(message)
        if self.written.has_spaces:
            words = bare.split()
            self.words_max[words[0]] = max(len(words), self.words_max.get(words[0], 1))

    def _fitted(self, pattern: Pattern) -> Pattern | None:
        """Leave out of a shared pattern the kinds that this language has no words for; None when it needs them."""
        items: list[str] = []
        for item in pattern.match.split():
            parts = _ITEM.fullmatch(item)
            if item in ("^", "$", "^^", "$$") or parts is None:
                items.append(item)
                continue
            sign, names, count = parts.groups()
            kept = [name for name in names.split("|") if name in self._letters]
            if kept:
                items.append(sign + "|".join(kept) + count)
            elif not sign and count not in ("?", "*"):
                return None
        return replace(pattern, match=" ".join(items))

    def _segmenter(self) -> re.Pattern[str]:
        known = sorted((word.replace(" ", "") for word in self.phrases), key=lambda word: (-len(word), word))
        return re.compile("|".join([*map(re.escape, known), r"\||[a-z0-9]+|\S"]))

    def _compiled(self, patterns: list[Pattern]) -> re.Pattern[str] | None:
        if not patterns:
            return None
        return re.compile("|".join(f"({self._expression(pattern)})" for pattern in patterns))

    def _expression(self, pattern: Pattern) -> str:
        parts: list[str] = []
        for item in pattern.match.split():
            if item in ("^^", "$$"):
                parts.append(item[0])
            elif item == "^":
                parts.append(rf"(?:^|(?<=\{BREAK}))")
            elif item == "$":
                parts.append(rf"(?=\{BREAK}|$)")
            else:
                parts.append(self._item(item, pattern))
        return "".join(parts)

    def _item(self, item: str, pattern: Pattern) -> str:
        body, count = (item[:-1], item[-1]) if item[-1] in "?*+" else (item, "")
        for sign, opening in (("<!", "(?<!"), ("!", "(?!")):
            if body.startswith(sign):
                return f"{opening}{self._class(body.removeprefix(sign), pattern)})"
        if count in ("*", "+"):
            count = {"*": "{0,6}", "+": "{1,6}"}[count]  # bounded: a hostile text must not be tried in every way
        # Of a whole message, it doesn't matter where clauses end between the words that are to be passed over.
        across = pattern.match.startswith("^^") and count in ("?", "{0,6}")
        return self._class(body, pattern, across=across) + count

    def _class(self, names: str, pattern: Pattern, *, across: bool = False) -> str:
        if names == "any":
            return rf"[^\{BREAK}]"
        unknown = [name for name in names.split("|") if name not in self._letters]
        if unknown:
            message = f"languages/{self.code}.toml: pattern {pattern.id}: no kind of words is called {unknown[0]!r}"
            raise LexiconError(message)
        return "[" + (rf"\{BREAK}" if across else "") + "".join(self._letters[name] for name in names.split("|")) + "]"

    def kind_of(self, word: str) -> str:
        """Give the letter of one word's kind."""
        letter = self.phrases.get(word)
        if letter is not None:
            return letter
        for size in self._prefix_sizes:
            letter = self.prefixes.get(word[:size])
            if letter is not None:
                return letter
        for size in self._suffix_sizes:
            letter = self.suffixes.get(word[-size:]) if size < len(word) - 1 else None
            if letter is not None:
                return letter
        return self.other

    def read(self, folded: str) -> tuple[str, int]:
        """Turn a folded text into one letter a word; also count the words that the language knows."""
        if self.segment is not None:
            words = self.segment.findall(folded.replace(" ", ""))
            letters = [BREAK if word == BREAK else self.phrases.get(word, self.other) for word in words]
            known = sum(
                len(word)
                for word, letter in zip(words, letters, strict=True)
                if letter != BREAK and word in self.phrases
            )
            return "".join(letters), known
        words = folded.split()
        letters = []
        known = 0
        place = 0
        while place < len(words):
            word = words[place]
            if word == BREAK:
                letters.append(BREAK)
                place += 1
                continue
            letter, size = self._longest(words, place)
            known += size if letter != self.other or word in self.phrases else 0
            letters.append(letter)
            place += size
        return "".join(letters), known

    def _longest(self, words: list[str], place: int) -> tuple[str, int]:
        longest = min(self.words_max.get(words[place], 1), len(words) - place)
        for size in range(longest, 1, -1):
            letter = self.phrases.get(" ".join(words[place : place + size]))
            if letter is not None:
                return letter, size
        return self.kind_of(words[place]), 1


def _precedence(pattern: Pattern) -> tuple[bool, float]:
    """Of patterns that begin at one word the first is found: those of a part, then the surest."""
    return (not pattern.is_of_a_part, -pattern.confidence)


def _load() -> tuple[Language, ...]:
    folder = resources.files("pipeline.replies").joinpath("languages")
    common = convert(tomllib.loads(folder.joinpath(_COMMON).read_text("utf-8")), CommonFile).patterns
    names = sorted(e.name for e in folder.iterdir() if e.name.endswith(".toml") and e.name != _COMMON)
    written = [convert(tomllib.loads(folder.joinpath(name).read_text("utf-8")), LanguageFile) for name in names]
    return tuple(Language(language, common if language.shares_patterns else ()) for language in written)


_COMMON: Final = "common.toml"

LANGUAGES: Final = _load()
