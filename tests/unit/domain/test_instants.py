"""Instants keep their millisecond on the way between text, milliseconds and datetime."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.instants import from_text, to_datetime, to_milliseconds, to_text
from pipeline.testing.builders import NOW, NOW_TEXT

FIRST, LAST = 0, 253_402_300_799_999
"""From 1970 to the last millisecond of the year 9999."""


def test_writes_an_instant_in_utc_with_three_decimals() -> None:
    """The form on the wire is RFC 3339 in UTC, always to the millisecond."""
    assert to_text(NOW) == NOW_TEXT


def test_reads_an_instant_with_an_offset_as_the_same_point_in_time() -> None:
    """Half past four at UTC+01:30 is three o'clock in UTC."""
    local = datetime(2026, 11, 24, 16, 30, tzinfo=timezone(timedelta(hours=1, minutes=30)))
    assert to_milliseconds(local) == NOW


@pytest.mark.parametrize(("microsecond", "milliseconds"), [(999, 0), (1_000, 1), (1_999, 1)])
def test_cuts_what_is_finer_than_a_millisecond(microsecond: int, milliseconds: int) -> None:
    """Microseconds are cut off, not rounded up, so that nothing lies in the future."""
    assert to_milliseconds(datetime(1970, 1, 1, microsecond=microsecond, tzinfo=UTC)) == milliseconds


@given(st.integers(FIRST, LAST))
def test_reads_what_it_wrote(milliseconds: int) -> None:
    """Every millisecond of four-digit years since 1970 comes back from its text."""
    assert from_text(to_text(milliseconds)) == milliseconds


@given(st.integers(FIRST, LAST))
def test_keeps_the_millisecond_through_datetime(milliseconds: int) -> None:
    """Every millisecond comes back from its datetime, without a rounding error."""
    assert to_milliseconds(to_datetime(milliseconds)) == milliseconds
