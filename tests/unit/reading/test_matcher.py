"""Matchers: the same answers by Hyperscan and by Python's own expressions."""

from typing import TYPE_CHECKING

import pytest

from pipeline.reading.lexicon_files import NO_LEXICONS, LexiconError, Lexicons, Pattern
from pipeline.reading.matcher import (
    HAS_HYPERSCAN,
    HyperscanMatcher,
    Matcher,
    PlainMatcher,
    compile_lexicons,
    freeze,
    thaw,
)
from pipeline.reading.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDS_HYPERSCAN = pytest.mark.skipif(not HAS_HYPERSCAN, reason="no wheel of Hyperscan for this platform")


def pattern(expression: str, guards: tuple[str, ...] = (), near: tuple[str, ...] = (), feature: str = "") -> Pattern:
    """Make a pattern, or one that gives a feature."""
    severity, category = ("feature", f"feature.{feature}") if feature else ("strong", "fraud")
    return Pattern(expression, category, "2.3", severity, ("en",), expression, guards, near)  # type: ignore[arg-type]


LEXICONS = Lexicons(
    (
        pattern(" (?:locked|blocked) "),
        pattern(" prize ", guards=(" no purchase ",)),
        pattern(" pay ", near=("link", "haste")),
        pattern(" (?:urgent|now) ", feature="haste"),
        pattern("贷款"),
        pattern(" код "),
        pattern(r" \d{4} "),
        pattern(" a[bc]*d "),
    ),
    "sha256:test",
)

MATCHERS = [
    pytest.param(PlainMatcher, id="plain"),
    pytest.param(compile_lexicons, id="compiled", marks=NEEDS_HYPERSCAN),
    pytest.param(
        lambda lexicons: thaw(freeze(compile_lexicons(lexicons)), lexicons.hash), id="thawed", marks=NEEDS_HYPERSCAN
    ),
    pytest.param(lambda lexicons: compile_lexicons(lexicons).for_another_thread(), id="second", marks=NEEDS_HYPERSCAN),
]


@pytest.fixture(params=MATCHERS)
def matcher(request: pytest.FixtureRequest) -> Matcher:
    """Give each kind of matcher in turn."""
    build: Callable[[Lexicons], Matcher] = request.param
    return build(LEXICONS)


@pytest.mark.parametrize(
    ("text", "features", "numbers"),
    [
        ("Your card is LOCKED!", (), {0}),
        ("unlocked", (), set()),
        ("locked", (), {0}),
        ("a prize", (), {1}),
        ("a prize, no purchase needed", (), set()),
        ("pay", ("link",), set()),
        ("pay now", ("link",), {2, 3}),
        ("pay now", (), {3}),
        ("我要贷款吗", (), {4}),
        ("ваш код: 1234", (), {5, 6}),
        ("12345", (), set()),
        ("abcbcd", (), {7}),
        ("", (), set()),
    ],
)
def test_gives_the_patterns_that_a_text_hits(
    matcher: Matcher, text: str, features: tuple[str, ...], numbers: set[int]
) -> None:
    """Words at their edges, guards, features from code and from patterns, any script."""
    assert matcher.hits(normalise(text), frozenset(features)) == numbers


def test_remembers_nothing(matcher: Matcher) -> None:
    """A hit in one text is none in the next."""
    assert matcher.hits(normalise("locked"))
    assert not matcher.hits(normalise("open"))


def test_without_lexicons_nothing_is_hit() -> None:
    """An empty set compiles."""
    assert compile_lexicons(NO_LEXICONS).hits(normalise("locked")) == set()


@pytest.mark.parametrize("expression", ["a(", "a*", " (?:a|) ?", "(?:x)?"])
def test_refuses_what_cannot_be_compiled_or_matches_nothing(expression: str) -> None:
    """The text names the pattern."""
    with pytest.raises(LexiconError, match=r"^wrong: "):
        compile_lexicons(Lexicons((_named(expression),), "sha256:test"))


def _named(expression: str) -> Pattern:
    return Pattern("wrong", "fraud", "2.3", "strong", ("en",), expression)


@NEEDS_HYPERSCAN
def test_takes_up_no_damaged_or_other_matcher() -> None:
    """Damaged, cut, of other lexicons: then it is compiled anew."""
    frozen = freeze(compile_lexicons(LEXICONS))
    assert isinstance(thaw(frozen, LEXICONS.hash), HyperscanMatcher)
    assert thaw(frozen, "sha256:other") is None
    assert thaw(frozen[:-1], LEXICONS.hash) is None
    assert thaw(frozen[:100] + b"x" + frozen[101:], LEXICONS.hash) is None
    assert thaw(b"", LEXICONS.hash) is None
