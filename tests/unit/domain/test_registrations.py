"""Registrations as producers state them, in whatever form."""

import pytest

from pipeline.domain.registrations import NO_REGISTRATIONS, Registration, read_registrations


@pytest.mark.parametrize("stated", [None, {}])
def test_reads_nothing_from_nothing(stated: dict[str, object] | None) -> None:
    """A sender without registrations has none."""
    assert read_registrations(stated) == NO_REGISTRATIONS


def test_reads_a_campaign_and_its_brand() -> None:
    """States in lower case, use cases in upper case, numbers as they are."""
    read = read_registrations(
        {
            "tcr_campaign": {"state": "Active", "use_case": "low volume", "id": "C1", "brand_id": "B1"},
            "tcr_brand": {"status": "VETTED-VERIFIED", "id": "B1", "vetting_score": 80, "daily_segments_max": 2_000},
        }
    )
    assert read.campaign == Registration("active", "LOW_VOLUME", "C1", "B1")
    assert read.brand == Registration("vetted_verified", id="B1", vetting_score=80, daily_segments_max=2_000)
    assert (read.toll_free, read.sender_id, read.dlt) == (None, None, None)


@pytest.mark.parametrize(
    "stated", [[], 7, True, {"state": 7}, {"state": None}, {"vetting_score": "80"}, {"vetting_score": -1}]
)
def test_takes_another_form_for_stated_without_a_state(stated: object) -> None:
    """What can't be read is no approval, and the record stays readable."""
    assert read_registrations({"tcr_campaign": stated}).campaign == Registration()


@pytest.mark.parametrize(
    ("state", "is_approved", "is_waiting"),
    [
        ("active", True, False),
        ("verified", True, False),
        ("pending", False, True),
        ("", False, True),
        ("x", False, False),
    ],
)
def test_tells_approved_waiting_and_refused_apart(state: str, *, is_approved: bool, is_waiting: bool) -> None:
    """An unknown word is neither approved nor waiting."""
    read = Registration(state)
    assert (read.is_approved, read.is_waiting) == (is_approved, is_waiting)
