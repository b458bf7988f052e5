"""Flat payloads of gateways: the kind by the names of the fields, what a gateway demands, what is never guessed."""

import pytest

from pipeline.providers.answers import Answer
from pipeline.providers.normalise import normalise

TO = "447700900123"


def read(provider: str, content_type: str, payload: str) -> Answer:
    """Read a payload."""
    return normalise(provider, content_type, payload)


@pytest.mark.parametrize(
    ("content_type", "payload", "expected"),
    [
        ("query", f"username=u&password=p&to={TO}&text=Hi", "send_request"),
        ("json", f'{{"to": "{TO}", "from": "2020", "text": "Hi"}}', "send_request"),
        ("form", f"from=2020&to={TO}&message=Hi", "send_request"),
        ("xml", f"<msg><to>{TO}</to><text>Hi</text><from>2020</from></msg>", "send_request"),
        ("json", f'{{"messages": [{{"recipient": "{TO}", "sms": {{"content": {{"text": "Hi"}}}}}}]}}', "send_request"),
        ("form", f"from={TO}&to=2020&message=Hi", "inbound"),
        ("form", f"mobile={TO}&message=Hi", "inbound"),
        ("query", f"msisdn={TO}&to=2020&text=Hi", "inbound"),
        ("json", f'{{"fromNumber": "{TO}", "text": "Hi", "timestamp": 1732460400000}}', "inbound"),
        ("xml", f"<request><mobile>{TO}</mobile><shortCode>2020</shortCode><text>Hi</text></request>", "inbound"),
        (
            "json",
            f'{{"direction": "I", "contact_number": "{TO}", "content": "Hi", "delivery_status": "sent"}}',
            "inbound",
        ),
        ("form", "id=1&status=DELIVRD", "status"),
        ("query", "id=1&dlvrd=1", "status"),
        ("query", "messageId=1&status=failed&errorCode=5", "status"),
        ("json", '{"deliveryStatus": "EXPIRED", "TransactionID": "1"}', "status"),
        ("form", "text=Hi", "rejected"),
        ("form", "mobile=MTN&text=Hi", "rejected"),
        ("json", '{"colour": "green"}', "rejected"),
        ("json", "{}", "rejected"),
    ],
)
def test_tells_the_kind_by_the_names_of_the_fields(content_type: str, payload: str, expected: str) -> None:
    """Of a gateway that nobody has written down."""
    assert read("somebody", content_type, payload).kind == expected


@pytest.mark.parametrize(
    ("provider", "payload", "reason"),
    [
        ("africastalking", f"id=1&from={TO}&to=2020&date=2024-01-01T00:00:00Z", "text: is missing"),
        ("jasmin", f"content=Hi&From={TO}&id=1", "to: is missing"),
        ("thinq", "status=DELIVRD", "guid: is missing"),
        ("thinq", "guid=1&status=UN", "status: is not known"),
        ("dmark", f"text=Hi&short_code=2020&tstamp=2024-01-01&msisdn={TO}", "time: can't be read"),
        ("kannel", "uuid=1&status=0", "status: is 0, which is no state"),
        ("dart", "messageid=1", "status: is missing"),
    ],
)
def test_holds_a_gateway_to_its_own_demands(provider: str, payload: str, reason: str) -> None:
    """What the gateway always sends and is not there was lost on the way."""
    answer = read(provider, "form", payload)
    assert (answer.kind, answer.reason) == ("rejected", reason)


@pytest.mark.parametrize(
    ("provider", "number", "status", "flags"),
    [
        *(("kannel", "1", "delivered", ()), ("kannel", "2", "failed", ()), ("kannel", "66", "66", ("status_unknown",))),
        *(("clickatell", "4", "delivered", ()), ("somebody", "4", "4", ("status_unknown",))),
    ],
)
def test_reads_numbered_states_by_the_gateways_own_list(
    provider: str, number: str, status: str, flags: tuple[str, ...]
) -> None:
    """4 is queued with Kannel and delivered with Clickatell; of a gateway that is not known it is kept as it is."""
    (event,) = read(provider, "query", f"uuid=1&messageId=1&statusCode={number}&status={number}").events
    assert (event.value["status"], event.flags) == (status, flags)


def test_keeps_a_number_that_is_not_international_out_of_the_recipient() -> None:
    """Whose it is, only the publisher can know."""
    (event,) = read("somebody", "form", "username=u&password=p&to=0788383383&text=Hi").events
    assert "to" not in event.value
    assert "to" in event.missing
    assert event.flags == ("recipient_not_international",)


def test_says_that_a_time_has_no_zone() -> None:
    """It is left out, not taken as UTC."""
    (event,) = read("somebody", "form", f"from={TO}&to=2020&text=Hi&date=2024-01-01+10:00:00").events
    assert "received_at" in event.missing
    assert event.flags == ("time_without_zone",)


@pytest.mark.parametrize(("characters", "is_kept"), [(9_999, True), (10_000, True), (10_001, False)])
def test_flags_a_text_that_is_too_long(characters: int, *, is_kept: bool) -> None:
    """Its end may be what matters, so it is not cut."""
    (event,) = read("somebody", "form", f"from={TO}&to=2020&text={'x' * characters}").events
    assert ("text" in event.value) == is_kept
    assert event.flags == (() if is_kept else ("text_too_long",))


def test_makes_an_event_for_each_recipient() -> None:
    """One message to two people needs two verdicts."""
    answer = read("somebody", "json", f'{{"to": ["{TO}", "447700900124"], "from": "2020", "text": "Hi"}}')
    assert [event.value["to"] for event in answer.events] == ["+447700900123", "+447700900124"]
    assert len({str(event.value["message_id"]) for event in answer.events}) == 2


def test_reads_an_empty_list_of_replies() -> None:
    """Nothing to take is no mistake."""
    answer = read("playmobile", "xml", "<sms-request></sms-request>")
    assert (answer.kind, answer.events) == ("inbound", ())
