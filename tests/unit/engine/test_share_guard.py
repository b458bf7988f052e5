"""The share of dead letters at which a worker stops."""

import pytest

from pipeline.engine.share_guard import WINDOW_RECORDS, ShareExceededError, ShareGuard
from pipeline.topologies.steps import Output

LETTERS, OTHER = "letters", "verdicts"


def written(refused: int, others: int = 0) -> list[Output]:
    """Make the outputs of a transaction."""
    return [Output(LETTERS, b"k", b"")] * refused + [Output(OTHER, b"k", b"")] * others


@pytest.mark.parametrize("refused", [249, 250])
def test_lets_pass_when_the_share_is_not_above_the_allowed(refused: int) -> None:
    """A share below the allowed one, or just at it, is no reason to stop."""
    ShareGuard(LETTERS, 0.25).check(WINDOW_RECORDS, written(refused))


def test_stops_when_the_share_is_above_the_allowed() -> None:
    """One dead letter more than allowed stops the worker."""
    with pytest.raises(ShareExceededError):
        ShareGuard(LETTERS, 0.25).check(WINDOW_RECORDS, written(251))


def test_lets_pass_when_the_window_is_not_full() -> None:
    """The first 999 records say nothing yet, even if all are refused."""
    ShareGuard(LETTERS, 0.25).check(999, written(999))


@pytest.mark.parametrize("records", [1_000, 1_001])
def test_stops_when_the_window_is_full(records: int) -> None:
    """From the thousandth record on the share counts."""
    with pytest.raises(ShareExceededError):
        ShareGuard(LETTERS, 0.25).check(records, written(records))


def test_adds_transactions_up_to_a_window() -> None:
    """Many small transactions count as one large one does."""
    guard = ShareGuard(LETTERS, 0.25)
    for _ in range(9):
        guard.check(100, written(26))
    with pytest.raises(ShareExceededError):
        guard.check(100, written(26))


def test_counts_no_other_topics() -> None:
    """What is written elsewhere is no dead letter."""
    ShareGuard(LETTERS, 0.25).check(WINDOW_RECORDS, written(0, others=1_000))


def test_begins_anew_after_each_window() -> None:
    """A window that passed does not weigh on the next."""
    guard = ShareGuard(LETTERS, 0.25)
    guard.check(WINDOW_RECORDS, written(250))
    guard.check(999, written(999))


@pytest.mark.parametrize(("share_max", "refused"), [(0.0, 0), (1.0, 1_000)])
def test_lets_pass_at_either_end_of_the_range(share_max: float, refused: int) -> None:
    """With 0 a window without dead letters passes, and with 1 any does."""
    ShareGuard(LETTERS, share_max).check(WINDOW_RECORDS, written(refused))


def test_stops_at_the_first_dead_letter_when_none_is_allowed() -> None:
    """With 0 a single dead letter in a window is too much."""
    with pytest.raises(ShareExceededError):
        ShareGuard(LETTERS, 0.0).check(WINDOW_RECORDS, written(1))


@pytest.mark.parametrize("part", ["60%", "25%", LETTERS, "mend the producer", "COMPLIANCE_DEAD_LETTER_SHARE_MAX"])
def test_says_what_happened_and_what_to_do(part: str) -> None:
    """The text holds the share, what was allowed, where to look, and both remedies."""
    with pytest.raises(ShareExceededError) as raised:
        ShareGuard(LETTERS, 0.25).check(WINDOW_RECORDS, written(600))
    assert part in str(raised.value)
