"""A provider's report as a choice of the person: which reports change choices, and what they cover."""

import pytest

from pipeline.domain.instants import to_text
from pipeline.providers.suppression import choice_in, is_disputed
from pipeline.state.choices import Kind
from pipeline.testing.builders import NOW, SENDER, build_provider_event

TITLE = "Attempt to send to unsubscribed recipient"
REFUSED = {"status": "failed", "product": "messaging", "code": "21610", "code_title": TITLE}


@pytest.mark.parametrize(
    ("changes", "kind", "scope"),
    [
        (REFUSED, Kind.WITHDRAWAL, ("sms", "*", SENDER)),
        (REFUSED | {"status": "undelivered"}, Kind.WITHDRAWAL, ("sms", "*", SENDER)),
        (REFUSED | {"status": None}, Kind.WITHDRAWAL, ("sms", "*", SENDER)),
        (
            {"provider": "meta", "product": "whatsapp", "status": "failed", "code": "131050"},
            Kind.WITHDRAWAL,
            ("whatsapp", "marketing", "*"),
        ),
        (
            {"provider": "infobip", "product": "sms", "status": "failed", "code": "10", "code_title": "REJECTED_DND"},
            Kind.WITHDRAWAL,
            ("sms", "marketing", "*"),
        ),
        (
            {"provider": "bandwidth", "product": "messaging", "status": "failed", "code": "4721"},
            Kind.END,
            ("*", "*", "*"),
        ),
        ({"kind": "preference", "status": "stop"}, Kind.WITHDRAWAL, ("whatsapp", "marketing", "*")),
        ({"kind": "preference", "status": "resume"}, Kind.RESUME, ("whatsapp", "marketing", "*")),
        ({"kind": "preference", "status": "signup"}, Kind.GRANT, ("whatsapp", "marketing", "*")),
        ({"kind": "optout_event", "status": "opted_out"}, Kind.WITHDRAWAL, ("*", "*", "*")),
        ({"kind": "optout_event", "status": "opted_out", "channel": "sms"}, Kind.WITHDRAWAL, ("sms", "*", "*")),
        ({"kind": "optout_event", "status": "reassigned", "channel": "sms"}, Kind.END, ("*", "*", "*")),
    ],
)
def test_reads_a_choice(changes: dict[str, object], kind: Kind, scope: tuple[str, str, str]) -> None:
    """Each source of suppression gives its kind of choice, with its scope."""
    choice = choice_in(build_provider_event(**changes), SENDER, NOW)
    assert choice is not None
    assert (choice.kind, (choice.channel, choice.purpose, choice.sender)) == (kind, scope)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "delivered", "code": "21610", "code_title": TITLE},
        REFUSED | {"code_title": "Message filtered"},
        REFUSED | {"product": "voice"},
        REFUSED | {"provider": "nobody"},
        REFUSED | {"code": "21611"},
        REFUSED | {"code": None},
        REFUSED | {"kind": "inbound"},
        {"kind": "preference", "status": "sometimes"},
        {"kind": "preference", "status": None},
        {"kind": "optout_event", "status": "opted_in"},
        {"kind": "template_status", "status": "stop"},
    ],
)
def test_reads_no_choice(changes: dict[str, object]) -> None:
    """A delivered message, parts that disagree, unknown codes and values, and what a list says in favour of sending."""
    assert choice_in(build_provider_event(**changes), SENDER, NOW) is None


def test_means_every_sender_when_the_sender_is_not_known() -> None:
    """An opt-out is not lost because nobody says which sender it was."""
    choice = choice_in(build_provider_event(**REFUSED), None, NOW)
    assert choice is not None
    assert choice.sender == "*"


@pytest.mark.parametrize("shift_milliseconds", [-1, 0, 1])
def test_dates_a_choice_no_later_than_now(shift_milliseconds: int) -> None:
    """A provider's clock that runs ahead doesn't outdate what the person does next."""
    report = build_provider_event(**REFUSED, occurred_at=to_text(NOW + shift_milliseconds))
    choice = choice_in(report, SENDER, NOW)
    assert choice is not None
    assert choice.occurred_milliseconds == NOW + min(0, shift_milliseconds)


@pytest.mark.parametrize(
    ("changes", "disputed"),
    [
        (REFUSED, False),
        (REFUSED | {"code_title": "Message filtered"}, True),
        (REFUSED | {"product": "voice"}, True),
        (REFUSED | {"code": "30007"}, False),
        ({"provider": "vonage", "product": "sms-api", "status": "failed", "code": "9"}, False),
        ({"provider": "vonage", "product": "sms-api", "status": "failed", "code": "9", "code_title": "Barred"}, True),
        (REFUSED | {"code": None}, False),
    ],
)
def test_tells_a_disputed_code(changes: dict[str, object], *, disputed: bool) -> None:
    """A code that may be an opt-out, with a title or product that says otherwise, is worth a look."""
    assert is_disputed(build_provider_event(**changes)) == disputed
