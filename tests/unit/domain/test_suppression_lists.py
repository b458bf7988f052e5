"""Suppression lists in memory: exact look-up in a sorted array, and age."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.instants import from_text
from pipeline.domain.suppression_lists import (
    CHECK,
    DAY_MASK,
    ListKind,
    SuppressionList,
    SuppressionLists,
    day_of,
    packed,
)

AS_OF = from_text("2026-11-01T00:00:00.000Z")
HOUR = 3_600_000
NUMBERS = st.integers(1_000_000, 999_999_999_999_999)


def built(*rows: tuple[int, int], kind: ListKind = "do_not_call", name: str = "a-list") -> SuppressionList:
    """Build a list of numbers with days."""
    return SuppressionList(name, kind, AS_OF, sorted(packed(number, day) for number, day in rows))


@pytest.mark.parametrize(("shift", "is_found"), [(-1, False), (0, True), (1, False)])
@pytest.mark.parametrize("number", [447700900122, 447700900125, 447700900128])
def test_finds_a_number_and_not_its_neighbours(number: int, shift: int, *, is_found: bool) -> None:
    """The first, a middle and the last number of a list are found, the ones beside them are not."""
    listed = built((447700900122, 0), (447700900125, DAY_MASK), (447700900128, 5))
    assert (listed.find(number + shift) is not None) == is_found


def test_finds_nothing_on_an_empty_list() -> None:
    """A list may have no rows."""
    assert SuppressionLists([built()]).listings("+447700900123") == ()


@given(st.dictionaries(NUMBERS, st.integers(0, DAY_MASK)), NUMBERS)
def test_finds_exactly_what_is_listed(rows: dict[int, int], other: int) -> None:
    """Every number of a list is found with its day, and no other number."""
    listed = SuppressionLists([built(*rows.items())])
    found = {number for number in (*rows, other) if listed.holds("a-list", f"+{number}")}
    assert found == rows.keys() | ({other} & rows.keys())
    assert all(built(*rows.items()).find(number) == day for number, day in rows.items())


def test_names_each_list_that_holds_a_number() -> None:
    """Lists are asked one by one, in the order of their names."""
    lists = SuppressionLists([built((447700900123, 0), name="b"), built((447700900123, 0), name="a")])
    assert [listing.list_name for listing in lists.listings("+447700900123")] == ["a", "b"]


def test_counts_a_listing_from_the_end_of_its_day() -> None:
    """At which hour a number changed hands is not known, so its whole day belongs to the old holder."""
    (listing,) = SuppressionLists([built((447700900123, day_of(date(2026, 5, 1))))]).listings("+447700900123")
    assert listing.since_milliseconds == from_text("2026-05-02T00:00:00.000Z")


def test_counts_a_listing_without_day_from_the_day_of_the_list() -> None:
    """What is only known to be listed is listed since the list was made, at the latest."""
    (listing,) = SuppressionLists([built((447700900123, 0))]).listings("+447700900123")
    assert listing.since_milliseconds == AS_OF


@pytest.mark.parametrize(("days", "is_held"), [(0, False), (1, True), (DAY_MASK, True), (DAY_MASK + 1, False)])
def test_holds_days_within_its_bits(days: int, *, is_held: bool) -> None:
    """The day after the first is 1; 0 means that it is not known."""
    day = date.fromordinal(date(2000, 1, 1).toordinal() + days)
    if is_held:
        assert day_of(day) == days
    else:
        with pytest.raises(ValueError, match="a day must lie after"):
            day_of(day)


@pytest.mark.parametrize(("hours", "is_stale"), [(31 * 24 - 1, False), (31 * 24, False), (31 * 24 + 1, True)])
def test_says_when_a_list_is_older_than_allowed(hours: int, *, is_stale: bool) -> None:
    """A list may be as old as the policy says, to the hour; a staler one is named with its age."""
    stale = SuppressionLists([built((447700900123, 0))]).stale({"do_not_call": 31}, AS_OF + hours * HOUR)
    assert [(each.check, each.age_seconds) for each in stale] == ([(CHECK, hours * 3600)] if is_stale else [])


def test_sets_no_limit_where_the_policy_sets_none() -> None:
    """A kind that the policy does not name never grows stale."""
    assert SuppressionLists([built((447700900123, 0))]).stale({"litigators": 1}, AS_OF + 9_999 * HOUR) == ()


def test_grows_stale_as_time_goes_by_and_under_another_policy() -> None:
    """The answer is kept for an hour and a policy, and no longer."""
    lists = SuppressionLists([built((447700900123, 0))])
    now = AS_OF + 48 * HOUR
    answers = [len(lists.stale(days, at)) for days, at in (({"do_not_call": 2}, now), ({"do_not_call": 1}, now))]
    assert [*answers, len(lists.stale({"do_not_call": 2}, now + HOUR))] == [0, 1, 1]
