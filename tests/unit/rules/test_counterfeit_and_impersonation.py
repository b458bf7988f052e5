"""The rule `counterfeit_and_impersonation`: counterfeit offers, and links that look like a brand's."""

import pytest

from pipeline.reading.lexicon_files import Pattern
from pipeline.rules.counterfeit_and_impersonation import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading


def found_by(text: str, *hits: Pattern, **workspace: object) -> tuple[str, str] | None:
    """Have the rule look at a text from a workspace, and give outcome and code."""
    message = build_message(content={"type": "text", "text": text})
    facts = build_facts(message, workspace=build_workspace(**workspace))
    found = RULE.check(message, build_reading(text, *hits), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize(
    "text",
    [
        "PayPal: your account is limited. Confirm at paypa1-secure.example/login",
        "PayPal: sign in at https://paypal-verify.example",
        "PayPal: https://paypal.com.secure-check.example/login",
    ],
)
def test_blocks_an_imitation_of_the_brand_that_is_named(text: str) -> None:
    """Name and imitation together leave no honest reading."""
    assert found_by(text) == ("block", "brand_imitated")


def test_holds_an_imitation_alone() -> None:
    """Without the name a human looks at it."""
    assert found_by("Confirm at paypa1-secure.example/login") == ("hold", "brand_imitated")


def test_blocks_an_imitation_beside_words_of_fraud() -> None:
    """Another kind of sign makes it certain; a weak one does not."""
    text = "Confirm at paypa1-secure.example/login"
    assert found_by(text, build_hit("fraud.bank", "2.3", "strong")) == ("block", "brand_imitated")
    assert found_by(text, build_hit("fraud.bank", "2.3", "weak")) == ("hold", "brand_imitated")


@pytest.mark.parametrize(
    "workspace",
    [
        {"brands": ["PayPal"]},
        {"name": "PayPal Europe"},
        {"domains": ["paypal.com"]},
        {"domains": ["paypa1-secure.example"]},
        {"domains": ["WWW.Paypa1-Secure.example"]},
    ],
)
def test_passes_the_brand_itself(workspace: dict[str, object]) -> None:
    """By a recorded brand, its name, the brand's domain, or the very domain on record."""
    assert found_by("PayPal: confirm at paypa1-secure.example/login", **workspace) is None


def test_takes_no_part_of_a_name_for_the_brand() -> None:
    """`Pay` or `PayPalace` is not PayPal."""
    assert found_by("PayPal: paypa1-secure.example/login", name="PayPalace", brands=["Pay"]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PayPal: your receipt is at https://www.paypal.com/activity",
        "Pay with PayPal or card at https://sunnybakery.example/pay",
        "Your order has been packed.",
    ],
)
def test_is_silent_without_an_imitation(text: str) -> None:
    """To name a brand is no imitation, and its own domain is nobody else's."""
    assert found_by(text) is None


def test_objects_to_counterfeits() -> None:
    """By the lexicon's severity; a workspace may have the right on record."""
    strong = build_hit("counterfeit", "4.2", "strong")
    assert found_by("x", strong) == ("hold", "counterfeit")
    assert found_by("x", build_hit("counterfeit", "4.2", "certain")) == ("block", "counterfeit")
    assert found_by("x", build_hit("counterfeit", "4.2", "weak")) is None
    assert found_by("x", strong, authorities=["counterfeit"]) is None
