"""The packaged lexicons: every example of every file, and what all must keep to."""

import pytest

from pipeline.apps.lexicons import GROWTH_MAX, growth_of
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.lexicon_examples import wrong_examples
from pipeline.reading.lexicon_files import Pattern
from pipeline.testing.readers import build_reader

READER = build_reader()
PATTERNS = packaged_matcher().lexicons.patterns


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.id for pattern in PATTERNS])
def test_examples_come_out_right(pattern: Pattern) -> None:
    """Every positive is hit, no negative is: each by its own pattern, guards and features counted."""
    assert list(wrong_examples(READER, pattern)) == []


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.id for pattern in PATTERNS])
def test_time_grows_with_the_text(pattern: Pattern) -> None:
    """No pattern takes out of proportion on a hostile text, not even by the slower engine."""
    assert max(map(growth_of, (pattern.expression, *pattern.guards))) <= GROWTH_MAX


def test_ids_are_unique() -> None:
    """A finding names its pattern."""
    ids = [pattern.id for pattern in PATTERNS]
    assert len(set(ids)) == len(ids)


def test_fraud_is_read_in_many_languages() -> None:
    """Banks, posts and prizes are imitated everywhere: at least fifteen languages have lexicons of fraud."""
    languages = {language for pattern in PATTERNS if pattern.family == "fraud" for language in pattern.languages}
    assert len(languages) >= 15
    assert {"en", "th", "ko", "ar", "zh", "id"} <= languages


def test_fraud_alone_is_never_certain() -> None:
    """Words alone rarely prove fraud: its lexicons give evidence, and something else must speak for it too."""
    assert {pattern.severity for pattern in PATTERNS if pattern.family == "fraud"} == {"strong", "weak"}
