"""The rule `public_shortener`: links whose owner nobody can tell."""

import pytest

from pipeline.rules.public_shortener import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reader

AMERICAN, BRITISH = "+12125550123", "+447700900123"


def found_by(text: str, to: str = AMERICAN) -> tuple[str, str, str] | None:
    """Have the rule look at a text, and give outcome, clause and domain."""
    message = build_message(to=to, content={"type": "text", "text": text})
    found = RULE.check(message, build_reader().read(message.content), build_facts(message), build_policy())
    return (found.outcome.value, found.clause, found.values["domain"]) if found else None


@pytest.mark.parametrize("domain", ["bit.ly", "tinyurl.com", "goo.gl", "is.gd", "tiny.cc", "short.io"])
@pytest.mark.parametrize("link", ["https://{}/3xYz", "{}/3xYz", "HTTP://WWW.{}/a?b=c"])
def test_blocks_what_carriers_refuse_by_name(domain: str, link: str) -> None:
    """In the United States, with or without scheme."""
    assert found_by(f"Menu at {link.format(domain)} Reply STOP to end.") == ("block", "6.4", domain)


def test_flags_the_others_of_the_list() -> None:
    """A shortener that no carrier names is shown to a human."""
    assert found_by("Menu at https://cutt.ly/a") == ("flag", "6.4", "cutt.ly")


def test_flags_all_of_them_in_other_countries() -> None:
    """The carriers' lists are American."""
    assert found_by("Menu at https://bit.ly/a", BRITISH) == ("flag", "6.4", "bit.ly")


def test_takes_the_strictest_of_several() -> None:
    """One refused link is enough, wherever it stands."""
    assert found_by("cutt.ly/a or bit.ly/b or v.gd/c") == ("block", "6.4", "bit.ly")


@pytest.mark.parametrize(
    "text", ["", "Your order leaves today.", "https://sunnybakery.example/menu", "notbit.ly.example", "youtu.be/a"]
)
def test_is_silent_without_a_public_shortener(text: str) -> None:
    """A domain of one's own passes, and short domains of one platform."""
    assert found_by(text) is None


def test_is_silent_without_a_text() -> None:
    """A bare medium links nowhere that could be read."""
    message = build_message(to=AMERICAN, content={"type": "text"})
    assert RULE.check(message, build_reader().read(message.content), build_facts(message), build_policy()) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
