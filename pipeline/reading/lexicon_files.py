r"""Lexicons: what texts of a category say, as data. One file per category and language group.

Form, in TOML, at `lexicons/<category>/<languages>.toml`:

    category = "fraud.bank"          # dotted, the first part is the family
    clause = "2.3"
    severity = "certain"             # severe: hard block and a case; certain: blocks; strong, weak: evidence
    languages = ["en"]               # ISO 639-1, or "*"
    source = "how this list was made, with date"

    [[pattern]]
    id = "bank-locked"               # unique within the file
    match = "(your|ur) (account|card) (has been|is) (locked|suspended)"
    guards = ["never share"]         # the hit does not count when one of these stands in the text too
    near = ["link"]                  # it counts only where each of these features is
    positive = ["Your account has been locked, verify at http://x.example"]
    negative = ["Your account statement is ready"]

`match` and `guards` are regular expressions of the part that Hyperscan and Python share, on normalised text
(`normalise.py`): small letters without accents (both are folded for you), no punctuation, a space is the edge of a
word, `~` a link. Edges stand at both ends by themselves, unless `edges = false` or all languages of the file write
without spaces. Without edges of words `\b`, `\w`, `\s` and back-references are refused: the two engines differ.

Files of the category `features/` give features instead of findings: `severity = "feature"`, and the last part of the
category is the feature's name, for `near`. `link` and `phone` are features too, found by code.

Everything here is pure: files come as texts, from the package or from anywhere.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec import Struct

from pipeline.domain.clauses import CLAUSE_BY_ID
from pipeline.reading.normalise import fold_letters, is_unspaced

Severity = Literal["severe", "certain", "strong", "weak", "feature"]

PATTERNS_MAX: Final = 20_000
"""More would take a minute to compile."""
CODE_FEATURES: Final = ("link", "phone")
"""Features that code finds."""


class LexiconError(Exception):
    """A lexicon that can't be used; the text names file and pattern for its author."""


class _PatternEntry(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    match: str
    guards: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    edges: bool | None = None
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


class _LexiconFile(Struct, frozen=True, forbid_unknown_fields=True):
    category: str
    severity: Severity
    languages: tuple[str, ...]
    source: str
    pattern: tuple[_PatternEntry, ...]
    clause: str = ""


class Pattern(Struct, frozen=True, gc=False):
    """One pattern: what it means when it is hit."""

    id: str
    """With category and language group, such as `fraud.bank/en/bank-locked`: unique."""
    category: str
    clause: str
    severity: Severity
    languages: tuple[str, ...]
    expression: str
    """As it is compiled: folded, with edges."""
    guards: tuple[str, ...] = ()
    """Expressions as they are compiled."""
    near: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The first part of the category."""
        return self.category.partition(".")[0]

    @property
    def feature(self) -> str | None:
        """The feature that it gives, if it gives one."""
        return self.category.rpartition(".")[2] if self.severity == "feature" else None


class Lexicons(Struct, frozen=True):
    """All lexicons together."""

    patterns: tuple[Pattern, ...]
    hash: str
    """SHA-256 over the files, in the order of their names: what a verdict states."""


def read_lexicons(files: Mapping[str, str]) -> Lexicons:
    """Read lexicons.

    :param files: the text of each file, by its path within the folder: `fraud.bank/en.toml`
    :raises LexiconError: a file can't be used; its author can mend it
    """
    patterns = [pattern for name in sorted(files) for pattern in _read_file(name, files[name])]
    if len(patterns) > PATTERNS_MAX:
        message = f"{len(patterns)} patterns; at most {PATTERNS_MAX} can be used"
        raise LexiconError(message)
    known = {*CODE_FEATURES, *(pattern.feature for pattern in patterns)}
    for pattern in patterns:
        for feature in pattern.near:
            if feature not in known:
                message = f"{pattern.id}: no lexicon gives the feature {feature!r}"
                raise LexiconError(message)
    return Lexicons(tuple(patterns), hash_of(files))


def hash_of(files: Mapping[str, str]) -> str:
    """Give the hash that lexicons read from these files have, without reading them."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return f"sha256:{digest.hexdigest()}"


NO_LEXICONS: Final = read_lexicons({})


def _read_file(name: str, text: str) -> list[Pattern]:
    try:
        file = msgspec.convert(tomllib.loads(text), _LexiconFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        message = f"{name}: {error}"
        raise LexiconError(message) from None
    folder, _, group = name.removesuffix(".toml").rpartition("/")
    if file.category != folder:
        message = f"{name}: the category is {file.category!r}; the folder must be called so"
        raise LexiconError(message)
    if file.severity != "feature" and file.clause not in CLAUSE_BY_ID:
        message = f"{name}: {file.clause!r} is no clause"
        raise LexiconError(message)
    if not file.source.strip():
        message = f"{name}: source is empty; say how the list was made, and when"
        raise LexiconError(message)
    if len({entry.id for entry in file.pattern}) < len(file.pattern):
        message = f"{name}: two patterns have the same id"
        raise LexiconError(message)
    has_edges = not _WITHOUT_SPACES.issuperset(file.languages)
    return [_pattern(f"{folder}/{group}/{entry.id}", file, entry, has_edges=has_edges) for entry in file.pattern]


_WITHOUT_SPACES: Final = frozenset(("zh", "ja", "th", "lo", "km", "my", "yue"))


def _pattern(pattern_id: str, file: _LexiconFile, entry: _PatternEntry, *, has_edges: bool) -> Pattern:
    edges = has_edges if entry.edges is None else entry.edges
    if file.severity != "feature" and not (entry.positive and entry.negative):
        message = f"{pattern_id}: positive and negative examples are missing"
        raise LexiconError(message)
    return Pattern(
        id=pattern_id,
        category=file.category,
        clause=file.clause,
        severity=file.severity,
        languages=file.languages,
        expression=_expression(pattern_id, entry.match, edges=edges),
        guards=tuple(_expression(pattern_id, guard, edges=_has_edges(guard) and edges) for guard in entry.guards),
        near=entry.near,
        positive=entry.positive,
        negative=entry.negative,
    )


def _has_edges(guard: str) -> bool:
    return not any(map(is_unspaced, guard))


_REFUSED: Final = re.compile(r"\\[bBwWsSAZzGRXpPkgDhHvVNQE0-9]|\(\?(?!:)|\\u|[*+?}]\+")
"""What Hyperscan and Python read differently, or Hyperscan not at all."""


def _expression(pattern_id: str, match: str, *, edges: bool) -> str:
    refused = _REFUSED.search(match)
    if refused is not None:
        message = f"{pattern_id}: {refused[0]!r} can't be used; a space is the edge of a word, [^ ]+ a word"
        raise LexiconError(message)
    folded = fold_pattern(match)
    return f" (?:{folded}) " if edges else folded


def fold_pattern(match: str) -> str:
    r"""Fold the letters of an expression as those of a text are folded; escapes such as `\d` stay."""
    parts = _ESCAPE.split(match)
    parts[::2] = [part.lower() if part.isascii() else fold_letters(part) for part in parts[::2]]
    return "".join(parts)


_ESCAPE: Final = re.compile(r"(\\.)")
