"""The rule `sensitive_data`: numbers, secrets and special categories, and who may send them."""

import json

import msgspec
import pytest

from pipeline.domain.verdicts import Finding
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.reader import Reader
from pipeline.rules.sensitive_data import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_hit, build_reading

CARD = "Your card 4111 1111 1111 1111 exp 04/29 cvv 123 is saved."
IBAN = "Please pay to IBAN DE89 3704 0044 0532 0130 00."
SSN = "Your SSN 536-22-1234 is on file."


def finding_of(text: str, *hits: Pattern, authorities: tuple[str, ...] = ()) -> Finding | None:
    """Have the rule look at a text."""
    message = build_message(content={"type": "text", "text": text})
    facts = build_facts(message, workspace=build_workspace(authorities=authorities))
    return RULE.check(message, build_reading(text, *hits), facts, build_policy())


def found_by(text: str, *hits: Pattern, authorities: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Give outcome and code."""
    found = finding_of(text, *hits, authorities=authorities)
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (CARD, "block"),
        (SSN, "block"),
        (IBAN, "flag"),
        ("Your password is Tr0ub4dor&3", "hold"),
        (f"{IBAN} {CARD}", "block"),
    ],
)
def test_objects_by_kind(text: str, outcome: str) -> None:
    """The strictest kind decides."""
    assert found_by(text) == (outcome, "sensitive_number")


@pytest.mark.parametrize(
    "text", ["", "Paid with card ending 1111.", "Order 4111 has left.", "Your card 4111 1111 1111 1112 is saved."]
)
def test_is_silent_about_other_numbers(text: str) -> None:
    """Masked numbers, and those whose check digit is wrong."""
    assert found_by(text) is None


@pytest.mark.parametrize(
    ("authority", "text"), [("payment_data", CARD), ("payment_data", IBAN), ("identity_numbers", SSN)]
)
def test_passes_what_an_authority_covers(authority: str, text: str) -> None:
    """Each authority covers its kinds, and no others."""
    assert found_by(text, authorities=(authority,)) is None
    assert found_by(text, authorities=("special_categories",)) is not None


def test_passes_no_secret_by_any_authority() -> None:
    """Nobody needs to send a password in plain text."""
    every = ("payment_data", "identity_numbers", "special_categories")
    assert found_by("Your password is Tr0ub4dor&3", authorities=every) == ("hold", "sensitive_number")


def test_objects_to_special_categories() -> None:
    """By the lexicon's severity, unless the workspace may send them."""
    hit = build_hit("special-data.health", "7.4", "certain")
    assert found_by("x", hit) == ("block", "special_category")
    assert found_by("x", build_hit("special-data.health", "7.4", "strong")) == ("hold", "special_category")
    assert found_by("x", build_hit("special-data.health", "7.4", "weak")) is None
    assert found_by("x", hit, authorities=("special_categories",)) is None
    assert found_by("x", hit, authorities=("payment_data",)) == ("block", "special_category")


def test_passes_no_credentials_by_an_authority_for_special_categories() -> None:
    """A clinic that may write of a disease may still not send anybody's password."""
    hit = build_hit("credentials", "7.4", "certain")
    assert found_by("x", hit, authorities=("special_categories",)) == ("block", "special_category")


def test_tells_the_same_value_again_by_its_keyed_hash() -> None:
    """However it is spaced; another value or another key gives another hash, and without a key there is none."""

    def hash_of(text: str, key: bytes) -> str | None:
        message = build_message(content={"type": "text", "text": text})
        reading = Reader(packaged_matcher(), value_key=key).read(message.content)
        found = RULE.check(message, reading, build_facts(message), build_policy())
        assert found is not None
        hashed: str | None = found.values["places"][0].get("hash")
        return hashed

    first, second = (hash_of(text, b"k" * 16) for text in (CARD, "Card: 4111-1111-1111-1111, thanks"))
    assert first == second is not None
    assert hash_of(CARD.replace("4111 1111 1111 1111", "5500 0000 0000 0004"), b"k" * 16) != first
    assert hash_of(CARD, b"l" * 16) != first
    assert hash_of(CARD, b"") is None


@pytest.mark.parametrize("text", [CARD, SSN, IBAN, "Your password is Tr0ub4dor&3"])
def test_never_repeats_a_value(text: str) -> None:
    """A finding holds kinds and places: no digit group of the text, no word of it."""
    found = finding_of(text)
    assert found is not None
    written = json.dumps(msgspec.to_builtins(found))
    for value in ("4111", "1111", "536-22", "1234", "DE89", "3704", "Tr0ub4dor"):
        assert value not in written
    place = found.values["places"][0]
    assert 0 <= place["begin"] < place["end"] <= len(text)
