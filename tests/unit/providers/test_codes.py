"""What a code means is decided by provider, product, code and title together."""

import pytest

from pipeline.providers.codes import candidates, meaning_of, plain_title


@pytest.mark.parametrize(
    ("provider", "product", "code", "title", "group"),
    [
        ("twilio", "messaging", "21610", "Attempt to send to unsubscribed recipient", "opted_out"),
        ("twilio", "messaging", "21610", "The message From/To pair violates a blacklist rule.", "opted_out"),
        ("Twilio", "SMS", "21610", None, "opted_out"),
        ("twilio", "Programmable_Messaging", "21610", None, "opted_out"),
        ("meta", "Cloud API", "131050", None, "opted_out"),
        ("twilio", None, "21610", "attempt to send to unsubscribed recipient.", "opted_out"),
        ("vonage", "sms-dlr", "9", "Illegal Number", "opted_out"),
        ("vonage", "sms-dlr", "9", None, "opted_out"),
        ("vonage", "sms-api", "9", None, "account_restricted"),
        ("vonage", "sms-api", "9", "Illegal Number", "account_restricted"),
        ("telnyx", "messaging", "40300", "Blocked due to STOP message", "opted_out"),
        ("infobip", "sms", "10", "REJECTED_DND", "opted_out"),
        ("meta", "whatsapp", "131050", "This recipient has chosen to stop receiving marketing messages", "opted_out"),
        ("360dialog", "whatsapp", "131050", None, "opted_out"),
        ("bandwidth", "messaging", "4721", "destination-tn-deactivated", "reassigned_number"),
        ("meta", "whatsapp", "131048", "Spam rate limit hit", "spam_limited"),
        ("meta", "whatsapp", "131048", "(#131048) Said in other words", "spam_limited"),
        ("gupshup", "whatsapp", "131050", "Recipient has chosen to stop receiving marketing messages", "opted_out"),
    ],
)
def test_knows_a_code_whose_parts_agree(
    provider: str, product: str | None, code: str, title: str | None, group: str
) -> None:
    """Provider, product, code and title point to one row."""
    meaning = meaning_of(provider, product, code, title)
    assert meaning is not None
    assert meaning.group == group


@pytest.mark.parametrize(
    ("provider", "product", "code", "title"),
    [
        ("twilio", "messaging", "21610", "Message filtered"),
        ("twilio", "voice", "21610", "Attempt to send to unsubscribed recipient"),
        ("vonage", "sms", "9", None),
        ("vonage", "sms-api", "53", None),
        ("vonage", None, "9", None),
        ("telnyx", "messaging", "40300", "Carrier rejected the message"),
        ("telnyx", "messaging", "40300", None),
        ("plivo", "messaging", "200", None),
        ("meta", "whatsapp", "137000", "Recipient identity key hash mismatch"),
        ("gupshup", "whatsapp", "131050", None),
        ("gupshup", "sms", "131050", "Recipient has chosen to stop receiving marketing messages"),
        ("bandwidth", "messaging", "4721", "Said in other words"),
        ("infobip", "sms", "8", "Said in other words"),
        ("twilio", "messaging", "99999", "Attempt to send to unsubscribed recipient"),
        ("nobody", None, "21610", "Attempt to send to unsubscribed recipient"),
        ("twilio", "messaging", "", None),
    ],
)
def test_concludes_nothing_when_parts_disagree(
    provider: str, product: str | None, code: str, title: str | None
) -> None:
    """Another title, another product, a code on which sources differ, an unread meaning, an unknown code."""
    assert meaning_of(provider, product, code, title) is None


def test_knows_former_names_of_a_provider() -> None:
    """Nexmo's codes are Vonage's."""
    assert candidates("nexmo", "sms-dlr", "9") == candidates("vonage", "sms-dlr", "9") != []


def test_compares_titles_by_their_words() -> None:
    """Case, punctuation and spacing don't matter."""
    assert plain_title("  Destination-rejected_due.to USER opt-out ") == "destination rejected due to user opt out"
