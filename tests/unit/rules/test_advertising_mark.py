"""The rule `advertising_mark`: advertising is marked where a country wants it."""

import pytest

from pipeline.reading.content import read_content
from pipeline.rules.advertising_mark import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

KOREAN, EMIRATI, SAUDI = "+821012345678", "+971501234567", "+966501234567"


def is_flagged(to: str, text: str = "new bread", name: str | None = None) -> bool:
    """Have the rule look at advertising."""
    sender = {"type": "alphanumeric", "id": name} if name else {"type": "phone_number", "id": "+447700900111"}
    content = {"type": "text", "text": text}
    message = build_message(purpose="marketing", to=to, sender=sender, content=content)
    found = RULE.check(message, read_content(message.content), build_facts(message), build_policy())
    if found is not None:
        assert (found.outcome.value, found.clause, found.code) == ("flag", "2.1", "advertising_mark_missing")
    return found is not None


@pytest.mark.parametrize(
    ("text", "flagged"), [("빵", True), ("빵 (광고)", True), ("(광고) 빵", False), ("  (광고)빵", False)]
)
def test_korea_wants_the_mark_at_the_begin_of_the_text(text: str, *, flagged: bool) -> None:
    """(광고) stands first."""
    assert is_flagged(KOREAN, text) == flagged


@pytest.mark.parametrize(
    ("name", "flagged"), [("SunnyBread", True), ("AD-Sunny", False), ("ad-sunny", False), ("Sunny-AD", True)]
)
def test_the_emirates_want_the_name_to_begin_with_the_mark(name: str, *, flagged: bool) -> None:
    """AD- stands in front of the sender's name."""
    assert is_flagged(EMIRATI, name=name) == flagged


@pytest.mark.parametrize(
    ("name", "flagged"), [("SunnyBread", True), ("Sunny-AD", False), ("sunny-ad", False), ("AD-Sunny", True)]
)
def test_saudi_arabia_wants_the_name_to_end_with_the_mark(name: str, *, flagged: bool) -> None:
    """-AD stands at the end of the sender's name."""
    assert is_flagged(SAUDI, name=name) == flagged


@pytest.mark.parametrize("to", [EMIRATI, SAUDI])
def test_a_number_can_carry_no_mark(to: str) -> None:
    """It is passed over."""
    assert not is_flagged(to)


def test_is_silent_elsewhere() -> None:
    """It is about these countries."""
    assert not is_flagged("+447700900123")


def test_is_asked_about_marketing_by_sms_alone() -> None:
    """Other channels and purposes are never shown to it."""
    assert (RULE.channels, RULE.purposes) == (("sms",), ("marketing",))
