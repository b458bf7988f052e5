"""The rule `opt_out_wording`: marketing says how to stop it."""

import pytest

from pipeline.reading.content import read_content
from pipeline.rules.opt_out_wording import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

NUMBERS = {"US": "+12125550123", "CA": "+14165550123", "GB": "+447700900123", "DE": "+4915123456789"}
FRENCH, INDIAN = "+33612345678", "+919812345678"


def found_by(text: str, to: str) -> tuple[str, str] | None:
    """Have the rule look at a text, and give outcome and clause."""
    content = {"type": "text", "text": text}
    message = build_message(purpose="marketing", to=to, content=content)
    found = RULE.check(message, read_content(message.content), build_facts(message), build_policy())
    return (found.outcome.value, found.clause) if found else None


@pytest.mark.parametrize("country", NUMBERS)
def test_flags_marketing_that_does_not_say_how_to_stop(country: str) -> None:
    """In the United States it is the carriers' wish (6.4), elsewhere the law's (2.1)."""
    clause = "6.4" if country == "US" else "2.1"
    assert found_by("Sunny Bakery: new bread", NUMBERS[country]) == ("flag", clause)


@pytest.mark.parametrize("country", NUMBERS)
def test_is_silent_when_it_does(country: str) -> None:
    """STOP is enough."""
    assert found_by("Sunny Bakery: new bread. Reply STOP to end.", NUMBERS[country]) is None


@pytest.mark.parametrize(("text", "found"), [("STOP", ("flag", "2.1")), ("STOP au 36111", None)])
def test_wants_the_french_form_in_france(text: str, found: tuple[str, str] | None) -> None:
    """There STOP goes to a short code of the operators."""
    assert found_by(f"Sunny Bakery : du pain. {text}", FRENCH) == found


def test_is_silent_where_nothing_asks_for_it() -> None:
    """Of India nothing is on record."""
    assert found_by("Sunny Bakery: new bread", INDIAN) is None


def test_is_asked_about_marketing_by_sms_alone() -> None:
    """Other channels and purposes are never shown to it."""
    assert (RULE.channels, RULE.purposes) == (("sms",), ("marketing",))
