"""Times as providers write them: seconds, milliseconds, with and without zone."""

import pytest

from pipeline.providers.times import instant_of, is_time


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("1732460400", "2024-11-24T15:00:00.000Z"),
        (1732460400, "2024-11-24T15:00:00.000Z"),
        (1732460400123, "2024-11-24T15:00:00.123Z"),
        (1732460400123456, "2024-11-24T15:00:00.123Z"),
        (2_147_483_647, "2038-01-19T03:14:07.000Z"),
        (100_000_000_000_0, "2001-09-09T01:46:40.000Z"),
        (946_684_800, "2000-01-01T00:00:00.000Z"),
        ("2024-11-24T15:00:00Z", "2024-11-24T15:00:00.000Z"),
        ("2024-11-24 15:00:00.123456789+05:30", "2024-11-24T09:30:00.123Z"),
        ("2024-11-24T15:00:00.000+0000", "2024-11-24T15:00:00.000Z"),
        ("Sun, 24 Nov 2024 15:00:00 +0000", "2024-11-24T15:00:00.000Z"),
        ("Sun Nov 24 2024 15:00:00 GMT+0100 (CET)", "2024-11-24T14:00:00.000Z"),
    ],
)
def test_reads_an_instant(given: object, instant: str) -> None:
    """Each form that the collected payloads hold."""
    assert instant_of(given) == instant


@pytest.mark.parametrize(
    "given",
    [
        *("2024-11-24T15:00:00", "2024-11-24 15:00", "2411241500", "20241124T150000Z", "yesterday", "", None, {}, True),
        *(
            946_684_799,
            2_147_483_648,
            99_999_999_999,
            100_000_000_000,
            "-5",
            "9" * 17,
            "1" * 101,
            "Zed Nov 24 2024",
            "2024-13-01T00:00:00Z",
            float("inf"),
        ),
    ],
)
def test_reads_no_instant(given: object) -> None:
    """Without a zone, before 2000, an operator's `YYMMDDhhmm`, or no time at all: nothing is guessed."""
    assert instant_of(given) is None


def test_takes_a_time_without_zone_as_utc_only_where_that_is_documented() -> None:
    """Vonage says so of its receipts."""
    assert instant_of("2024-11-24 15:00:00", is_utc=True) == "2024-11-24T15:00:00.000Z"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2024-11-24 15:00:00", True),
        ("1732460400", True),
        ("2024-11-24 15:00", False),
        ("20241124T150000Z", False),
        ("2024-11-24", False),
    ],
)
def test_tells_a_time_from_other_text(given: str, *, expected: bool) -> None:
    """A time without zone is a time, though no instant."""
    assert is_time(given) == expected
