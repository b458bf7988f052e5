"""Whether a text leads somewhere, and whether it lures."""

import pytest

from pipeline.domain.events import Content
from pipeline.patterns.lures import domain_of, flags_of, lead_of
from pipeline.patterns.windows import LEAD, LURE
from pipeline.testing.readers import build_reader


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Your order has been packed", 0),
        ("Your order has been packed, see shop.example/o", LEAD),
        ("Your order has been packed, call +1 206 555 0100", LEAD),
        ("Your order has been packed, see visit.ma", LEAD),
        ("Netflix: your account is ready, see netflix.com/account", LEAD),
        ("Netflix: your account is ready, see shop.example/o", LEAD | LURE),
        ("Netflix: your account is ready", 0),
        ("Your order has been packed, see bit.ly/x1", LEAD | LURE),
        ("Your order has been packed, see https://paypaI-secure.com/o", LEAD | LURE),
        ("Last chance, act now", LURE),
        ("You have won $500", LURE),
    ],
)
def test_says_what_a_text_does(text: str, flags: int) -> None:
    """A link or number leads; brands elsewhere, shorteners, imitations, pressure and money lure."""
    assert flags_of(build_reader().read(Content("text", text))) == flags


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("go to thanks.now or https://www.shop.example/o", "shop.example"),
        ("go to http://192.0.2.7/o", "192.0.2.7"),
    ],
)
def test_takes_the_first_link_that_surely_is_one(text: str, domain: str) -> None:
    """An address in numbers stands for itself."""
    link = lead_of(build_reader().read(Content("text", text)))
    assert link is not None
    assert domain_of(link) == domain
