"""The rule `sender_name`: names that operators accept."""

from typing import Any

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.reading.content import read_content
from pipeline.rules.sender_name import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

BRITISH, SINGAPORE = "+447700900123", "+6581234567"


def found_by(name: str, to: str = BRITISH, registration: Any = None, **changes: Any) -> tuple[str, str] | None:  # noqa: ANN401 - as stated
    """Have the rule look at a message from a name, and give outcome and code."""
    senders = [{"type": "alphanumeric", "id": name, "registration": registration}]
    message = build_message(**({"to": to, "sender": {"type": "alphanumeric", "id": name}} | changes))
    facts = build_facts(message, workspace=build_workspace(senders=senders))
    found = RULE.check(message, read_content(message.content), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize(("characters", "passes"), [(1, True), (10, True), (11, True), (12, False)])
def test_blocks_a_name_that_is_too_long(characters: int, *, passes: bool) -> None:
    """Eleven characters fit an address field."""
    assert (found_by("a" * characters) is None) == passes


@pytest.mark.parametrize(
    ("name", "passes"), [("12345", False), ("1234a", True), ("+- 12", False), ("SunnyBakery", True)]
)
def test_blocks_a_name_without_a_letter(name: str, *, passes: bool) -> None:
    """Digits alone are a number."""
    assert found_by(name) == (None if passes else (Outcome.BLOCK.value, "sender_id_format"))


@pytest.mark.parametrize("to", ["+12125550123", "+14165550123", "+5491112345678"])
def test_blocks_names_where_they_are_not_supported(to: str) -> None:
    """United States, Canada, Argentina."""
    assert found_by("SunnyBakery", to) == ("block", "sender_id_unsupported")


@pytest.mark.parametrize(
    ("registration", "found"),
    [
        (None, ("flag", "sender_id_unregistered")),
        ({"sender_id": {"state": "pending"}}, ("flag", "sender_id_unregistered")),
        ({"sender_id": {"state": "rejected"}}, ("block", "sender_id_refused")),
        ({"sender_id": {"state": "approved"}}, None),
    ],
)
def test_asks_for_registration_where_names_are_registered(registration: Any, found: tuple[str, str] | None) -> None:  # noqa: ANN401 - as stated
    """Singapore: unregistered is flagged, refused is blocked."""
    assert found_by("SunnyBakery", SINGAPORE, registration) == found


def test_blocks_a_refused_name_everywhere() -> None:
    """A name that a registry refused is not to be used, also where registration is not needed."""
    assert found_by("SunnyBakery", BRITISH, {"sender_id": {"state": "revoked"}}) == ("block", "sender_id_refused")


def test_is_silent_for_numbers() -> None:
    """It is about names."""
    assert found_by("a" * 12, sender={"type": "phone_number", "id": "+447700900111"}) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
