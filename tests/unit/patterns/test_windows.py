"""Counts in buckets of event time."""

import pytest
from msgspec.structs import replace

from pipeline.patterns import windows
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.windows import (
    CODE,
    COMPLAINT,
    DOMAINS,
    FAILURE,
    FOREIGN_LINK,
    LEAD,
    LURE,
    MESSAGE,
    OPT_OUT,
    RECIPIENTS,
    SENDERS,
    UNKNOWN_CONSENT,
    VERIFIED,
    WORKSPACES,
    Row,
    Window,
    fold,
    window,
)

NOON = 1_700_006_400
"""Divisible by every width but a day: the start of an hour, minute and ten minutes."""
KEY = b"k"


def build_row(second: int = NOON, flags: int = MESSAGE, recipient: str = "+12065550100") -> Row:
    """Build a row of a message."""
    return Row(second, flags, "ws-1", "phone_number:+12065550199", "integration:key-1", "", hash_of(recipient, KEY))


@pytest.mark.parametrize(
    ("flag", "field"),
    [
        (UNKNOWN_CONSENT, "unknown_consents"),
        (LEAD, "leads"),
        (FOREIGN_LINK, "foreign_links"),
        (LURE, "lures"),
        (CODE, "codes"),
        (VERIFIED, "verified"),
        (COMPLAINT, "complaints"),
        (FAILURE, "failures"),
        (OPT_OUT, "opt_outs"),
    ],
)
def test_counts_each_flag_by_its_name(flag: int, field: str) -> None:
    """And nothing else with it."""
    buckets = fold((), [build_row(flags=flag)], KEY, 0)
    assert window(buckets, 60, NOON) == replace(Window(), **{field: 1})


def test_counts_news_as_no_message() -> None:
    """A complaint makes no second message of the one it is about."""
    buckets = fold((), [build_row(), build_row(flags=COMPLAINT)], KEY)
    assert window(buckets, 3_600, NOON).messages == 1


@pytest.mark.parametrize("width", windows.WIDTHS_SECONDS)
@pytest.mark.parametrize(("late", "share"), [(0.0, 1.0), (0.5, 0.5), (0.75, 0.25)])
def test_a_window_takes_of_the_bucket_before_what_it_still_covers(width: int, late: float, share: float) -> None:
    """A hundred messages of the last bucket fade as the window moves on."""
    start = 1_700_006_400 // width * width
    buckets = fold((), [build_row(start)] * 100, KEY)
    assert window(buckets, width, start + width + int(late * width)).messages == 100 * share


@pytest.mark.parametrize(("second", "messages"), [(119, 1), (120, 0), (121, 0)])
def test_a_window_is_empty_when_its_buckets_are_over(second: int, messages: int) -> None:
    """Two widths after the bucket began nothing is left; just before, a rounded part."""
    buckets = fold((), [build_row(NOON)] * 50, KEY)
    assert window(buckets, 60, NOON + second).messages == messages


def test_a_window_before_anything_was_seen_is_empty() -> None:
    """As is one of no buckets."""
    assert window((), 60, NOON) == Window()


@pytest.mark.parametrize("width", windows.WIDTHS_SECONDS)
def test_keeps_the_two_newest_buckets_of_each_width(width: int) -> None:
    """What came before is not counted in that width any more."""
    buckets = fold((), [build_row(NOON + width * step) for step in range(5)], KEY)
    first = NOON // width
    assert [bucket.number - first for bucket in buckets if bucket.width == width] == [3, 4]


def test_a_wider_bucket_still_holds_what_a_narrow_one_has_let_go() -> None:
    """Five minutes are within the hour."""
    buckets = fold((), [build_row(NOON + 60 * minute) for minute in range(5)], KEY)
    assert window(buckets, 3_600, NOON + 240).messages == 5


def test_a_late_row_counts_where_its_bucket_still_lies() -> None:
    """In the hour, not in the minute that is over."""
    buckets = fold(fold((), [build_row(NOON + 300)], KEY), [build_row(NOON)], KEY)
    assert window(buckets, 60, NOON + 300).messages == 1
    assert window(buckets, 3_600, NOON + 300).messages == 2


def test_tells_different_ones_apart_over_two_buckets() -> None:
    """Who was reached in both hours is one person; of those of the hour before, half are left."""
    before = [build_row(NOON, recipient=str(number)) for number in range(10)]
    now = [build_row(NOON + 3_600, recipient=str(number)) for number in range(8, 14)]
    buckets = fold((), before + now, KEY)
    assert window(buckets, 3_600, NOON + 5_400).recipients == 6 + 4


def test_holds_different_ones_from_an_hour_on() -> None:
    """Narrow buckets hold counts alone."""
    buckets = fold((), [build_row()], KEY)
    assert {bucket.width: bool(bucket.recipients) for bucket in buckets} == {60: 0, 600: 0, 3_600: 1, 86_400: 1}


@pytest.mark.parametrize(
    ("distincts", "held"),
    [(RECIPIENTS, "recipients"), (SENDERS, "senders"), (WORKSPACES, "workspaces"), (DOMAINS, "domains")],
)
def test_holds_only_the_different_ones_that_are_asked_for(distincts: int, held: str) -> None:
    """Each kind of subject has its own."""
    buckets = fold((), [replace(build_row(), domain=b"domain")], KEY, distincts)
    found = window(buckets, 3_600, NOON)
    assert found == replace(Window(messages=1), **{held: 1})


def test_counts_the_same_row_by_row_as_at_once() -> None:
    """How rows come together does not matter."""
    rows = [build_row(NOON + 37 * number, MESSAGE | LEAD * (number % 2), str(number % 7)) for number in range(40)]
    buckets: tuple[windows.Bucket, ...] = ()
    for row in rows:
        buckets = fold(buckets, [row], KEY)
    assert buckets == fold((), rows, KEY)


def test_adds_up_two_sources_and_merges_one() -> None:
    """A source that tells again is not counted twice; another one is."""
    buckets = fold((), [build_row()] * 3, KEY)
    assert window(windows.merge(buckets, buckets), 60, NOON).messages == 3
    assert window(windows.total(buckets, buckets), 60, NOON).messages == 6


@pytest.mark.parametrize(("messages", "share"), [(0, 0.0), (4, 0.5)])
def test_gives_shares(messages: int, share: float) -> None:
    """Of no messages there is no share."""
    assert Window(messages=messages).share(messages // 2) == share
