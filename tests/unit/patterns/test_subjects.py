"""Names of what counts are kept of."""

import pytest

from pipeline.patterns.subjects import (
    campaign_subject,
    direct_subjects,
    key_in,
    kind_of,
    pair_of,
    pair_subject,
    range_of,
)
from tests.unit.patterns.builders import KEY, build_row


@pytest.mark.parametrize(
    ("number", "found"),
    [("+12065550100", "+12065550"), ("+12345", "+12"), ("+1234", "+1"), ("+123", ""), ("wa:pf-1:bsuid", ""), ("", "")],
)
def test_a_range_is_a_number_without_its_last_three_digits(number: str, found: str) -> None:
    """What is no number, or nothing without them, has none."""
    assert range_of(number) == found


def test_names_the_tenants_subjects() -> None:
    """A credential is one within its workspace."""
    assert direct_subjects("ws-1", "short_code:1", "member:u-1") == (
        "workspace/ws-1",
        "sender/short_code:1",
        "credential/ws-1:member:u-1",
    )


@pytest.mark.parametrize("key", [0, 1, (3 << 32) | 0xFFFF_FFFF])
def test_a_campaigns_subject_holds_its_key(key: int) -> None:
    """And is read back."""
    assert key_in(campaign_subject(key)) == key
    assert kind_of(campaign_subject(key)) == "campaign"


def test_a_pair_names_neither_number() -> None:
    """It is the same for the same two, and another one for others."""
    subject = pair_subject(pair_of(build_row(recipient="+12065550100"), KEY))
    assert subject == pair_subject(pair_of(build_row(recipient="+12065550100"), KEY))
    assert subject != pair_subject(pair_of(build_row(recipient="+12065550101"), KEY))
    assert subject != pair_subject(pair_of(build_row(sender="short_code:1"), KEY))
    assert "2065550" not in subject
    assert len(subject) == len("pair/") + 12
