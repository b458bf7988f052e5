"""All patterns of all lexicons at once, in one pass over a normalised text.

`compile_lexicons` makes a matcher with Hyperscan: 1 µs for 200 patterns, 7 µs for 5,000. It takes 6-15 s for 5,000,
so it runs in a thread of its own while the old matcher goes on; `dump` and `load_matcher` keep what was compiled (the
caller reads and writes the file). Where Hyperscan has no wheel, `PlainMatcher` gives the same answers, slower.

A matcher is used by one thread at a time (Hyperscan's scratch space); `for_another_thread` gives it a second one.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from pipeline.reading.lexicon_files import LexiconError, Lexicons, Pattern

try:
    import hyperscan
except ImportError:  # no wheel for this platform: see docs/decisions/0011-reading.md
    hyperscan = None  # type: ignore[assignment]

HAS_HYPERSCAN: Final = hyperscan is not None


class Matcher(Protocol):
    """What is compiled of lexicons."""

    lexicons: Lexicons

    def hits(self, normalised: str, features: frozenset[str] = frozenset()) -> frozenset[int]:
        """Give the numbers of the patterns that a text hits (their place in `lexicons.patterns`).

        Patterns that give features count among them; those with `near` or `guards` only as these allow.

        :param normalised: from `normalise`
        :param features: features that code has found
        """
        ...

    def for_another_thread(self) -> "Matcher":
        """Give a matcher of the same patterns that may be used beside this one."""
        ...


class _Conditions:
    """What decides whether a pattern that matched counts: guards and features."""

    def __init__(self, lexicons: Lexicons) -> None:
        patterns = lexicons.patterns
        expressions = dict.fromkeys(guard for pattern in patterns for guard in pattern.guards)
        self.guards: Sequence[str] = tuple(expressions)
        number_of = {guard: len(patterns) + at for at, guard in enumerate(self.guards)}
        self._guards_of = {
            at: frozenset(number_of[guard] for guard in pattern.guards)
            for at, pattern in enumerate(patterns)
            if pattern.guards
        }
        self._near = {at: frozenset(pattern.near) for at, pattern in enumerate(patterns) if pattern.near}
        self._feature_of = {at: pattern.feature for at, pattern in enumerate(patterns) if pattern.feature}
        self._first_guard = len(patterns)

    def settle(self, matched: Iterable[int], features: frozenset[str]) -> frozenset[int]:
        """Keep what counts."""
        numbers = frozenset(matched)
        found = {self._feature_of[number] for number in numbers if number in self._feature_of}
        if found:
            features = features.union(found)
        return frozenset(
            number
            for number in numbers
            if number < self._first_guard
            and self._near.get(number, _NONE) <= features
            and self._guards_of.get(number, _NONE).isdisjoint(numbers)
        )


_NONE: Final[frozenset[str]] = frozenset()


class PlainMatcher:
    """The same by Python's own regular expressions, one by one: 2 µs a pattern, so for small lexicons and tests."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Compile each pattern."""
        self.lexicons = lexicons
        self._conditions = _Conditions(lexicons)
        expressions = (*(pattern.expression for pattern in lexicons.patterns), *self._conditions.guards)
        self._searches = tuple(re.compile(expression, re.ASCII).search for expression in expressions)

    def hits(self, normalised: str, features: frozenset[str] = frozenset()) -> frozenset[int]:
        """Give the numbers of the patterns that a text hits."""
        matched = [number for number, search in enumerate(self._searches) if search(normalised) is not None]
        return self._conditions.settle(matched, features) if matched else frozenset()

    def for_another_thread(self) -> "PlainMatcher":
        """Give itself: Python's expressions hold no state."""
        return self


class HyperscanMatcher:
    """All patterns in one Hyperscan database."""

    def __init__(self, lexicons: Lexicons, database: "hyperscan.Database") -> None:
        """Take a database that was compiled of these lexicons."""
        self.lexicons = lexicons
        self._database = database
        self._scratch = hyperscan.Scratch(database)
        self._conditions = _Conditions(lexicons)
        self._matched: list[int] = []
        self._note = _noting(self._matched)

    def hits(self, normalised: str, features: frozenset[str] = frozenset()) -> frozenset[int]:
        """Give the numbers of the patterns that a text hits."""
        matched = self._matched
        matched.clear()
        self._database.scan(
            normalised.encode("utf-8", "replace"), match_event_handler=self._note, scratch=self._scratch
        )
        return self._conditions.settle(matched, features) if matched else frozenset()

    def for_another_thread(self) -> "HyperscanMatcher":
        """Give a matcher with a scratch space of its own."""
        return HyperscanMatcher(self.lexicons, self._database)

    def dump(self) -> bytes:
        """Give the compiled database, for `load_matcher` on the same kind of machine."""
        dumped: bytes = hyperscan.dumpb(self._database)
        return dumped


def _noting(matched: list[int]) -> Callable[[int, int, int, int, object], None]:
    append = matched.append

    def note(number: int, _begin: int, _end: int, _flags: int, _context: object) -> None:
        append(number)

    return note


def compile_lexicons(lexicons: Lexicons) -> Matcher:
    """Compile lexicons: 10 ms for 200 patterns, 6-15 s for 5,000; keep it off the hot path.

    :raises LexiconError: a pattern can't be compiled; its author can mend it
    """
    check_expressions(lexicons)
    if not HAS_HYPERSCAN or not lexicons.patterns:
        return PlainMatcher(lexicons)
    return HyperscanMatcher(lexicons, _database(lexicons))


def check_expressions(lexicons: Lexicons) -> None:
    """Refuse patterns that Python can't read, or that match a text without words.

    :raises LexiconError: the text names the pattern; its author can mend it
    """
    for pattern in lexicons.patterns:
        for expression in (pattern.expression, *pattern.guards):
            try:
                search = re.compile(expression, re.ASCII).search
            except re.error as error:
                message = f"{pattern.id}: {error}"
                raise LexiconError(message) from None
            if search("") is not None or search(" ") is not None or search("   ") is not None:
                message = f"{pattern.id}: matches a text without words"
                raise LexiconError(message)


class _Frozen(Struct, frozen=True):
    engine: str
    lexicons: Lexicons
    database: bytes


def freeze(matcher: Matcher) -> bytes:
    """Put lexicons and what was compiled of them into bytes: reading 5,000 patterns anew takes 2 s, compiling 10 s."""
    database = matcher.dump() if isinstance(matcher, HyperscanMatcher) else b""
    packed = _pack(_Frozen(engine_version(), matcher.lexicons, database))
    return hashlib.sha256(packed).digest() + packed


def thaw(frozen: bytes, wanted_hash: str) -> Matcher | None:
    """Take up what `freeze` gave, or None if it is damaged, of other lexicons or another engine: compile anew then.

    :param wanted_hash: the hash of the lexicons that are wanted
    """
    digest, packed = frozen[:_DIGEST_BYTES], frozen[_DIGEST_BYTES:]
    if hashlib.sha256(packed).digest() != digest:
        return None
    try:
        content = _unpack(packed)
    except msgspec.MsgspecError:
        return None
    if content.engine != engine_version() or content.lexicons.hash != wanted_hash:
        return None
    return load_matcher(content.lexicons, content.database)


_DIGEST_BYTES: Final = 32
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Frozen).decode


def load_matcher(lexicons: Lexicons, dumped: bytes) -> Matcher | None:
    """Take a matcher that was compiled before, or None if this machine can't use it (another version, or damaged).

    :param dumped: what `dump` gave for the same lexicons; the caller keeps it under their hash and `engine_version`
    """
    if not HAS_HYPERSCAN or not lexicons.patterns:
        return PlainMatcher(lexicons)
    try:
        return HyperscanMatcher(lexicons, hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK))
    except (hyperscan.HyperscanError, hyperscan.error):
        return None


def engine_version() -> str:
    """Name what compiles: a database is good for the same version and processor family only."""
    return f"hyperscan-{getattr(hyperscan, '__version__', '')}" if HAS_HYPERSCAN else "python"


def _database(lexicons: Lexicons) -> "hyperscan.Database":
    conditions = _Conditions(lexicons)
    expressions = [*(pattern.expression for pattern in lexicons.patterns), *conditions.guards]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[expression.encode() for expression in expressions],
            ids=list(range(len(expressions))),
            flags=[_FLAGS] * len(expressions),
        )
    except hyperscan.HyperscanError as error:
        raise LexiconError(_culprit(lexicons.patterns, str(error))) from None
    return database


_FLAGS: Final = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH if HAS_HYPERSCAN else 0


def _culprit(patterns: Sequence[Pattern], complaint: str) -> str:
    """Find which pattern Hyperscan refuses."""
    for pattern in patterns:
        for expression in (pattern.expression, *pattern.guards):
            try:
                hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
                    expressions=[expression.encode()], ids=[0], flags=[_FLAGS]
                )
            except hyperscan.HyperscanError as error:
                return f"{pattern.id}: {error}"
    return complaint
