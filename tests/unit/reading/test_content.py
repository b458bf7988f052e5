"""What a text says, as far as the one confirmation of an opt-out needs it."""

import pytest

from pipeline.domain.events import Content
from pipeline.reading.content import TEXT_CHARACTERS_MAX, read_content

CONFIRMATION = "You are unsubscribed and will get no more messages from us."
LIGATURE = "\ufdfa"
"""One character that NFKC turns into eighteen."""


def confirms(text: str | None) -> bool:
    """Say whether a text reads as the confirmation of an opt-out."""
    return read_content(Content("text", text)).confirms_opt_out


@pytest.mark.parametrize(
    "text",
    [
        CONFIRMATION,
        "You have successfully been unsubscribed. You will not receive any more messages from this number.",
        "Opt-out confirmed.",
        "You won't get further texts. Reply START to begin again.",
        "You won\u2019t receive any more messages.",
        "\uff39\uff4f\uff55 are unsubscribed",
        "Ya no recibir\u00e1 mensajes nuestros.",
        "Vous ne recevrez plus de messages.",
        "Sie sind abgemeldet.",
    ],
)
def test_reads_the_usual_words_as_a_confirmation(text: str) -> None:
    """The wordings that providers and laws give as examples are recognised, in several languages."""
    assert confirms(text)


@pytest.mark.parametrize("text", ["Your order has been packed.", "", None, "Reply STOP to unsubscribe"])
def test_reads_other_texts_as_no_confirmation(text: str | None) -> None:
    """A text that does not say that the opt-out was received confirms nothing."""
    assert not confirms(text)


@pytest.mark.parametrize(
    "marketing",
    [
        "20% off today",
        "See https://sunnybakery.example",
        "www.sunnybakery.example",
        "Last deal!",
        "Free bread",
        "Buy one",
        "Rabatt",
    ],
)
def test_reads_a_confirmation_with_marketing_as_none(marketing: str) -> None:
    """The confirmation may hold no marketing (47 CFR 64.1200(a)(12))."""
    assert not confirms(f"{CONFIRMATION} {marketing}")


@pytest.mark.parametrize(
    ("size", "is_one"), [(TEXT_CHARACTERS_MAX - 1, True), (TEXT_CHARACTERS_MAX, True), (TEXT_CHARACTERS_MAX + 1, False)]
)
def test_reads_no_confirmation_in_a_text_that_is_not_read_to_its_end(size: int, *, is_one: bool) -> None:
    """Behind the part that is read there could stand anything."""
    assert confirms(CONFIRMATION.ljust(size, ".")) == is_one


def test_reads_no_confirmation_when_normalising_pushes_marketing_out_of_sight() -> None:
    """Characters that grow when they are normalised can't hide what comes after them."""
    assert not confirms(CONFIRMATION + LIGATURE * (TEXT_CHARACTERS_MAX // 18) + " sale")


def test_keeps_the_text_as_sent() -> None:
    """The reading holds the text of the message."""
    assert read_content(Content("text", CONFIRMATION)).text == CONFIRMATION


def test_reads_a_content_without_text_as_empty() -> None:
    """A bare template or a medium has an empty reading."""
    assert read_content(Content("template")).text == ""
