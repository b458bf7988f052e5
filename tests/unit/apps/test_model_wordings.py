"""Made-up messages: enough of them, in enough languages, and none of them cut short."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.apps.model_rows import mask_text, read_all_wordings
from pipeline.apps.model_wordings import VARIANTS, read_wordings
from pipeline.reading.model import FRAUD_SCORE_HIGH, PACKAGED_MODEL

WORDINGS = read_all_wordings(Path(__file__).parents[3] / "bench" / "wordings")
LANGUAGES = sorted({each.language for each in WORDINGS})
KINDS = ("bank", "delivery", "codes", "bookings", "utilities", "health", "school", "government")
FILE = """
language = "en"
[slots]
bank = "A|B|C|D"
[notices]
bank = '''
{bank}: hello from {bank}
'''
[frauds]
bank = '''
{bank}: pay {amount}
'''
"""


def test_there_are_enough_notices() -> None:
    """At least 2,000 different honest messages, in at least 15 languages."""
    assert len({each.text for each in WORDINGS if not each.is_fraud}) >= 2_000
    assert len(LANGUAGES) >= 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_enough_patterns_of_every_kind(language: str) -> None:
    """40 patterns of notices over eight kinds, and some 25 of frauds."""
    notices = {(each.kind, each.pattern) for each in WORDINGS if each.language == language and not each.is_fraud}
    frauds = {each.pattern for each in WORDINGS if each.language == language and each.is_fraud}
    kinds = Counter(kind for kind, _ in notices)
    assert len(notices) >= 40
    assert len(frauds) >= 25
    assert all(kinds[kind] >= 5 for kind in KINDS)


def test_no_slot_is_left_open() -> None:
    """Every name in braces was filled."""
    assert [each.text for each in WORDINGS if "{" in each.text or "}" in each.text] == []


def test_no_pattern_stands_in_both_classes() -> None:
    """Nothing is taught as honest and as fraud."""
    patterns = {
        is_fraud: {each.pattern for each in WORDINGS if each.is_fraud is is_fraud} for is_fraud in (True, False)
    }
    assert patterns[True].isdisjoint(patterns[False])


def test_fills_each_pattern_so_many_times() -> None:
    """Each variant takes another name, and a slot that stands twice takes two."""
    texts = [each.text for each in read_wordings(FILE) if not each.is_fraud]
    assert sorted(texts) == ["A: hello from B", "B: hello from C", "C: hello from D", "D: hello from A"]
    assert len(texts) == VARIANTS


def test_an_unknown_slot_is_refused() -> None:
    """A slip in a pattern is noticed when it is read."""
    with pytest.raises(KeyError):
        read_wordings(FILE.replace("{amount}", "{amuont}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_are_below_the_threshold(language: str) -> None:
    """No made-up notice is flagged for its wording, whether it was trained on or not."""
    above = [
        each.pattern
        for each in WORDINGS
        if each.language == language
        and not each.is_fraud
        and PACKAGED_MODEL.fraud_score(mask_text(each.text)) >= FRAUD_SCORE_HIGH
    ]
    assert above == []


def test_frauds_that_were_kept_out_are_suspect() -> None:
    """Of the frauds that it never saw, two in three are more likely fraud than not; of such notices one in eight."""
    kept_out = [each for each in WORDINGS if each.is_kept_out]
    suspect = Counter(each.is_fraud for each in kept_out if PACKAGED_MODEL.fraud_score(mask_text(each.text)) > 0.5)
    frauds = sum(each.is_fraud for each in kept_out)
    assert suspect[True] >= frauds * 2 / 3
    assert suspect[False] <= (len(kept_out) - frauds) / 8
