"""What replies mean, of what, and how sure that is."""

import pytest

from pipeline.replies.folding import CHARACTERS_MAX
from pipeline.replies.keywords import AMBIGUOUS_CONFIDENCE, SURE_CONFIDENCE
from pipeline.replies.meaning import NOTHING, SURE, UNSURE, meaning_of


@pytest.mark.parametrize("text", ["STOP", "Arr\u00eat", "UNSUBSCRIBE!!", "cancel", "TD"])
def test_is_sure_of_a_keyword(text: str) -> None:
    """What law and carriers fix as a stop word, alone, leaves no doubt."""
    meaning = meaning_of(text)
    assert (meaning.intent, meaning.confidence) == ("opt_out", SURE_CONFIDENCE)


@pytest.mark.parametrize(("text", "intent"), [("NO", "opt_out"), ("T", "opt_out"), ("YES", "opt_in"), ("Go", "opt_in")])
def test_is_unsure_of_words_that_answer_anything(text: str, intent: str) -> None:
    """Such words are keywords of some provider, and the answer to many other questions."""
    meaning = meaning_of(text)
    assert (meaning.intent, meaning.confidence) == (intent, AMBIGUOUS_CONFIDENCE)
    assert UNSURE <= meaning.confidence < SURE


@pytest.mark.parametrize(
    "text",
    [
        "Please stop texting me",
        "I told you people to stop",
        "wrong person, take me off your list",
        "stpo",
        "sotp texting me",
        "Unsubcribe please",
        "Stop2Ens",
        "stoptexting",
        "removeme",
        "STOP you absolute morons",
        "thanks but please stop, have a nice day",
        "s t o p",
        "St\u043ep",
        "\U0001f6d1\U0001f6d1",
        "STOPPPPPP!!!!!",
        "Por favor, no me escriban m\u00e1s",
        "\u3082\u3046\u9023\u7d61\u3057\u306a\u3044\u3067\u304f\u3060\u3055\u3044",
    ],
)
def test_is_sure_of_a_request_in_free_wording(text: str) -> None:
    """A reasonable person would understand them so (47 CFR 64.1200(a)(10)), whatever the words and their spelling."""
    meaning = meaning_of(text)
    assert meaning.intent == "opt_out"
    assert meaning.confidence >= SURE


@pytest.mark.parametrize(
    "text",
    [
        "I'll stop by the shop at five",
        "stop by on Wednesday",
        "don't stop, I love these",
        "stop the lies",
        "At the bus stop",
        "Cancela la mesa del s\u00e1bado",
        "when does the sale end?",
        "I quit my job last week",
        "remove the onions please",
        "can't stop laughing",
        "no thanks",
        "not interested",
        "wrong number",
        "who dis",
        "",
        "   ",
        "...",
        "\U0001f44d",
        "12345",
    ],
)
def test_leaves_near_misses_alone(text: str) -> None:
    """Words that stop, in sentences that don't ask to."""
    assert meaning_of(text).intent == "other"


@pytest.mark.parametrize(
    ("text", "channel", "purpose"),
    [
        ("stop", "*", "*"),
        ("stop texting me", "*", "*"),
        ("stop promotions", "*", "marketing"),
        ("please stop sending me your offers", "*", "marketing"),
        ("no m\u00e1s publicidad", "*", "marketing"),
        ("Bitte keine Werbung mehr", "*", "marketing"),
        ("only text me my appointments", "*", "marketing"),
        ("stop messaging me on whatsapp", "whatsapp", "*"),
        ("do not contact me by sms", "sms", "*"),
        ("STOP. No more offers, no more anything", "*", "*"),
        ("no more offers. take me off your list", "*", "*"),
    ],
)
def test_says_of_what_a_request_is(text: str, channel: str, purpose: str) -> None:
    """A request for a part is one for that part, unless the same reply asks for more."""
    meaning = meaning_of(text)
    assert (meaning.intent, meaning.channel, meaning.purpose) == ("opt_out", channel, purpose)


@pytest.mark.parametrize("text", ["START", "unstop", "please opt me back in", "resubscribe", "sign me up please"])
def test_reads_a_wish_to_go_on(text: str) -> None:
    """START and its kin, also in a sentence of their own."""
    assert meaning_of(text).intent == "opt_in"


@pytest.mark.parametrize("text", ["HELP", "info", "help please", "necesito ayuda", "I need help"])
def test_reads_a_call_for_help(text: str) -> None:
    """HELP and its kin, also in a sentence of their own."""
    assert meaning_of(text).intent == "help"


def test_says_what_was_found_without_the_words() -> None:
    """What matched is named by keyword table or pattern, so that no text of a person stands in it."""
    assert meaning_of("please stop texting me Margaret").matched == "en.stop_contact"
    assert meaning_of("STOP").matched == "keyword.en"
    assert meaning_of("good morning").matched == ""


def test_reads_a_request_at_the_end_of_a_long_text() -> None:
    """Whoever tells a long story says at its end what they want."""
    assert meaning_of("I went to the market. " * CHARACTERS_MAX + "Please stop texting me").intent == "opt_out"


@pytest.mark.parametrize("text", ["me quiero quitar el abrigo", "a light stop in the park", "ok"])
def test_finds_nothing_with_the_confidence_of_nothing(text: str) -> None:
    """Something else has one confidence, whatever it is."""
    assert meaning_of(text) == NOTHING
