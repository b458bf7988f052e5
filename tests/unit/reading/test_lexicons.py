"""The packaged lexicons: every example of every file, and what all must keep to."""

import itertools

import pytest

from pipeline.apps.lexicons import GROWTH_MAX, growth_of
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.lexicon_examples import wrong_examples
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.long_numbers import names_long_number
from pipeline.testing.readers import build_reader

READER = build_reader()
PATTERNS = packaged_matcher().lexicons.patterns
BY_FILE = {
    file: tuple(each) for file, each in itertools.groupby(PATTERNS, lambda pattern: pattern.id.rpartition("/")[0])
}


@pytest.mark.parametrize("file", BY_FILE)
def test_examples_come_out_right(file: str) -> None:
    """Every positive is hit, no negative is: each by its own pattern, guards and features counted."""
    assert [wrong for pattern in BY_FILE[file] for wrong in wrong_examples(READER, pattern)] == []


@pytest.mark.parametrize("file", BY_FILE)
def test_time_grows_with_the_text(file: str) -> None:
    """No pattern takes out of proportion on a hostile text, not even by the slower engine."""
    expressions = [each for pattern in BY_FILE[file] for each in (pattern.expression, *pattern.guards)]
    assert [each for each in expressions if growth_of(each) > GROWTH_MAX] == []


def test_no_pattern_names_a_long_number() -> None:
    """Patterns are not shown which digits a long number has."""
    assert [
        pattern.id for pattern in PATTERNS if any(map(names_long_number, (pattern.expression, *pattern.guards)))
    ] == []


def test_every_file_is_looked_at() -> None:
    """No group of patterns is left out of the tests above."""
    assert sum(map(len, BY_FILE.values())) == len(PATTERNS)
    assert len(BY_FILE) == len(PACKAGED_FILES)


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
