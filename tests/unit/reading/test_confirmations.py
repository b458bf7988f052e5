"""The one question that may follow an unsure opt-out, and confirmations in further languages."""

import pytest

from pipeline.domain.events import Content
from pipeline.reading.confirmations import TEXT_CHARACTERS_MAX
from pipeline.reading.content import read_content

QUESTION = "Do you want to stop all messages from Sunny Bakery? Reply STOP to confirm or START to go on."


def asks(text: str) -> bool:
    """Say whether a text reads as the question what an unsure opt-out meant."""
    return read_content(Content("text", text)).asks_about_opt_out


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "Did you mean to unsubscribe?",
        "Reply YES to unsubscribe",
        "\u00bfDesea darse de baja?",
        "Souhaitez-vous ne plus recevoir nos SMS ?",
        "M\u00f6chten Sie sich abmelden?",
        "Deseja parar de receber mensagens?",
    ],
)
def test_reads_the_question_whether_to_stop(text: str) -> None:
    """It may ask what the request was about (47 CFR 64.1200(a)(12))."""
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your order has been packed.",
        "Do you want fries with that?",
        "Your order leaves our shop today. Reply STOP to end.",
        "Your order leaves our shop today. Reply STOP to unsubscribe",
        f"{QUESTION} 20% off today",
        f"{QUESTION} https://sunnybakery.example",
        f"{QUESTION} sunnybakery.example/stay",
        "",
    ],
)
def test_reads_no_such_question_in_other_texts(text: str) -> None:
    """Another question, or one with marketing or a link in it, is none."""
    assert not asks(text)


@pytest.mark.parametrize(
    ("size", "is_one"), [(TEXT_CHARACTERS_MAX - 1, True), (TEXT_CHARACTERS_MAX, True), (TEXT_CHARACTERS_MAX + 1, False)]
)
def test_reads_no_question_in_a_text_that_is_not_read_to_its_end(size: int, *, is_one: bool) -> None:
    """Behind the part that is read there could stand anything."""
    assert asks(QUESTION.ljust(size, ".")) == is_one


@pytest.mark.parametrize(
    "text",
    [
        "Non ricever\u00e0 pi\u00f9 messaggi.",
        "U bent afgemeld.",
        "\u0412\u044b \u043e\u0442\u043f\u0438\u0441\u0430\u043d\u044b.",
        "\u5df2\u9000\u8ba2",
        "Anda tidak akan menerima pesan lagi.",
    ],
)
def test_reads_confirmations_in_further_languages(text: str) -> None:
    """A person is told in their language."""
    assert read_content(Content("text", text)).confirms_opt_out


def test_reads_a_confirmation_with_a_bare_link_as_none() -> None:
    """A link needs no https to lead to an advertisement."""
    assert not read_content(Content("text", "You are unsubscribed. See sunnybakery.example/bread")).confirms_opt_out


@pytest.mark.parametrize(
    "footer", ["Reply STOP for no more messages", "Text 'STOP' for no further texts", "Send QUIT: unsubscribed"]
)
def test_reads_no_confirmation_in_how_to_stop(footer: str) -> None:
    """Ordinary messages end with it, and one of them must not pass for the confirmation."""
    assert not read_content(Content("text", f"Your order leaves our shop today. {footer}.")).confirms_opt_out
