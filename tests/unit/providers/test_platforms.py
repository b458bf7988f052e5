"""Twilio, Vonage, Infobip, Sinch and platforms whose events come in an envelope. Payloads are written here."""

from typing import Any

import pytest

from pipeline.providers.answers import Event
from pipeline.providers.normalise import normalise

TO = "447700900123"
NUMBER = "+447700900123"
FROM = "447700900111"


def only(provider: str, content_type: str, payload: object) -> Event:
    """Read a payload with one thing in it."""
    (event,) = normalise(provider, content_type, payload).events
    return event


def kind(provider: str, content_type: str, payload: object) -> str:
    """Give the kind of a payload."""
    return normalise(provider, content_type, payload).kind


# Twilio.


def test_reads_twilios_status_with_a_code() -> None:
    """The callback has no title; provider, product and code are enough, as all sources agree on it."""
    payload = f"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=21610&To=%2B{TO}&From=%2B{FROM}"
    event = only("twilio", "form", payload)
    assert (event.value["status"], event.value["code_class"], event.value["to"]) == ("failed", "opted_out", NUMBER)
    assert (event.value["sender"], event.flags) == (f"+{FROM}", ())


@pytest.mark.parametrize("state", ["huh", ""])
def test_refuses_a_state_that_twilio_does_not_have(state: str) -> None:
    """Its list is closed."""
    assert kind("twilio", "form", f"MessageSid=SM1&MessageStatus={state}") == "rejected"


def test_reads_twilios_reply() -> None:
    """With its own verdict on the words, which is an opt-out whatever language they are in."""
    payload = f"SmsStatus=received&MessageSid=SM1&Body=Genug&OptOutType=STOP&To=2020&From=%2B{TO}"
    event, stop = normalise("twilio", "form", payload).events
    assert (event.kind, event.value["text"], event.value["from"]) == ("inbound", "Genug", NUMBER)
    assert event.value["provider_opt_out_type"] == "STOP"
    assert event.missing == ("received_at",)
    assert (stop.kind, stop.value["status"], stop.value["to"]) == ("optout_event", "opted_out", NUMBER)
    assert stop.value["sender"] == "2020"


def test_reads_a_reply_from_whatsapp_without_a_number() -> None:
    """The id stands where the number would."""
    event = only(
        "twilio", "form", "MessageSid=SM1&SmsStatus=received&Body=Hi&To=whatsapp:%2B447700900222&From=whatsapp:GB.1"
    )
    assert (event.value["channel"], event.value["from"]) == ("whatsapp", {"bsuid": "GB.1"})


def test_reads_twilios_send() -> None:
    """A template by its id with its variables; the sender is chosen by the service."""
    payload = f"To=whatsapp%3A%2B{TO}&MessagingServiceSid=MG1&ContentSid=HX1&ContentVariables=%7B%221%22%3A%22Ann%22%7D"
    event = only("twilio", "form", payload)
    assert event.value["content"] == {"type": "template", "template": {"name": "HX1", "parameters": ["Ann"]}}
    assert (event.value["channel"], event.flags) == ("whatsapp", ("sender_chosen_by_provider",))
    assert "sender" in event.missing


@pytest.mark.parametrize(
    ("name", "data", "expected", "word"),
    [
        ("messaging.reassigned-number.detected", {"to_number": NUMBER}, "optout_event", "reassigned"),
        ("messaging.message.failed", {"to": NUMBER, "errorCode": 30003}, "status", "failed"),
        ("messaging.inbound-message.received", {"from": NUMBER, "to": "2020", "body": "Hi"}, "inbound", None),
        ("messaging.compliance.toll-free-verification.edit", {"accountsid": "AC1"}, "account_update", None),
    ],
)
def test_reads_twilios_event_streams(name: str, data: dict[str, Any], expected: str, word: str | None) -> None:
    """The type decides; the envelope is not checked, as Twilio's own are invalid."""
    payload = {"type": f"com.twilio.{name}", "datacontenttype": "2025-10-08T07:17:02Z", "id": "EZ1", "data": data}
    event = only("twilio", "json", payload)
    assert (event.kind, event.value.get("status")) == (expected, word)


# Vonage.


@pytest.mark.parametrize(("code", "group"), [("9", "opted_out"), ("3", "invalid_recipient"), ("0", None)])
def test_reads_vonages_receipt(code: str, group: str | None) -> None:
    """9 in a receipt is an opt-out; its time is in UTC by the reference."""
    payload = {
        "msisdn": TO,
        "to": "Bakery",
        "messageId": "1",
        "status": "failed",
        "err-code": code,
        "scts": "2001011400",
    }
    event = only("vonage", "json", {**payload, "message-timestamp": "2024-01-01 12:00:00"})
    assert (event.value["product"], event.value.get("code_class")) == ("sms-dlr", group)
    assert (event.value["to"], event.value["occurred_at"]) == (NUMBER, "2024-01-01T12:00:00.000Z")


def test_reads_vonages_messages() -> None:
    """What is sent, what became of it, and what came back."""
    sent = {"channel": "whatsapp", "message_type": "text", "to": TO, "from": FROM, "text": "Hi", "client_ref": "m-1"}
    report = {"message_uuid": "1", "to": TO, "from": FROM, "timestamp": "2024-01-01T00:00:00Z", "status": "delivered"}
    reply = {"message_uuid": "2", "to": FROM, "from": TO, "message_type": "text", "text": "STOP", "channel": "sms"}
    assert only("vonage", "json", sent).value["message_id"] == "m-1"
    assert only("vonage", "json", report).value["status"] == "delivered"
    event = only("vonage", "json", reply)
    assert (event.kind, event.value["from"], event.value["text"]) == ("inbound", NUMBER, "STOP")


def test_reads_vonages_older_send() -> None:
    """Version 0.1 writes addresses as objects."""
    address = {"to": {"type": "whatsapp", "number": TO}, "from": {"type": "whatsapp", "number": FROM}}
    event = only("vonage", "json", {**address, "message": {"content": {"type": "text", "text": "Hi"}}})
    assert (event.kind, event.value["to"], event.value["content"]) == (
        "send_request",
        NUMBER,
        {"type": "text", "text": "Hi"},
    )


# Infobip.


def result(**fields: object) -> dict[str, Any]:
    """Write a body with one result."""
    return {"results": [{"messageId": "1", **fields}]}


@pytest.mark.parametrize(
    ("error", "code", "group"),
    [
        ({"id": 603, "name": "EC_CONTENT_BLOCKED"}, "603", None),
        ({"id": 3041, "name": "EC_DEACTIVATED_LIST"}, "3041", "reassigned_number"),
        ({"id": 0, "name": "NO_ERROR"}, "10", "opted_out"),
    ],
)
def test_reads_infobips_report(error: dict[str, Any], code: str, group: str | None) -> None:
    """The error says why, else the state; the name tells the two lists of numbers apart."""
    status = {"groupName": "REJECTED", "id": 10, "name": "REJECTED_DND"}
    event = only("infobip", "json", result(to=TO, status=status, error=error, doneAt="2024-01-01T00:00:00.000+0000"))
    expected = group or "opted_out"
    assert (event.value["status"], event.value["code"], event.value["code_class"]) == ("failed", code, expected)


def test_refuses_a_group_that_infobip_does_not_have() -> None:
    """Its list is closed."""
    assert kind("infobip", "json", result(status={"groupName": "SOMETHING"})) == "rejected"


def test_reads_infobips_replies() -> None:
    """By SMS, and by WhatsApp with its parts."""
    sms = only(
        "infobip", "json", result(**{"from": TO, "to": FROM, "text": "STOP", "receivedAt": "2024-01-01T00:00:00Z"})
    )
    content = [{"type": "TEXT", "text": "Hi"}]
    chat = only("infobip", "json", result(sender=TO, destination=FROM, channel="WHATSAPP", content=content))
    assert (sms.value["channel"], sms.value["text"]) == ("sms", "STOP")
    assert (chat.value["channel"], chat.value["text"]) == ("whatsapp", "Hi")


@pytest.mark.parametrize(
    "payload", [result(**{"from": "MTN", "text": "Hi"}), {"unexpected": [{"from": TO, "text": "Hi"}]}]
)
def test_refuses_what_is_no_reply(payload: object) -> None:
    """A name as the sender of an SMS, or another wrapping than Infobip's."""
    assert kind("infobip", "json", payload) == "rejected"


def test_reads_infobips_sends() -> None:
    """One event for each recipient; a template with its placeholders."""
    many = {
        "messages": [{"from": "Bakery", "destinations": [{"to": TO, "messageId": "a"}, {"to": FROM}], "text": "Hi"}]
    }
    answer = normalise("infobip", "json", many)
    assert [event.value["to"] for event in answer.events] == [NUMBER, f"+{FROM}"]
    assert [event.value["message_id"] == "a" for event in answer.events] == [True, False]
    content = {"templateName": "promo", "templateData": {"body": {"placeholders": ["Ann"]}}, "language": "en_GB"}
    event = only("infobip", "json", {"messages": [{"from": FROM, "to": TO, "content": content}]})
    assert event.value["content"] == {
        "type": "template",
        "template": {"name": "promo", "parameters": ["Ann"], "language": "en-GB"},
    }


# Sinch.


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"type": "mo_text", "from": TO, "to": FROM, "body": "STOP", "id": "1"}, "inbound"),
        ({"type": "mt_text", "from": FROM, "to": [TO], "body": "Hi"}, "send_request"),
        ({"type": "recipient_delivery_report_sms", "batch_id": "1", "recipient": TO, "status": "Failed"}, "status"),
        ({"type": "recipient_delivery_report_sms", "status": "Delivered"}, "rejected"),
        ({"type": "mo_text", "from": "MTN", "to": FROM, "body": "Hi"}, "rejected"),
        ({"app_id": "a", "message": {"contact_message": {"text_message": {"text": "Hi"}}}}, "inbound"),
        ({"app_id": "a", "message_delivery_report": {"status": "DELIVERED"}}, "status"),
        ({"app_id": "a", "opt_out_notification": {"identity": TO, "status": "OPT_OUT_SUCCEEDED"}}, "optout_event"),
        ({"app_id": "a", "channel_event": {"event_type": "QUALITY_UPDATE"}}, "account_update"),
        (
            {"app_id": "a", "recipient": {"contact_id": "c"}, "message": {"text_message": {"text": "Hi"}}},
            "send_request",
        ),
        ({"identity": {"identity": TO}, "audit_records": [{"operation": "OPERATION_INSERT"}]}, "optout_event"),
    ],
)
def test_reads_sinch(payload: dict[str, Any], expected: str) -> None:
    """Both of its APIs."""
    assert kind("sinch", "json", payload) == expected


def test_reads_every_recipient_of_a_batch() -> None:
    """A batch's report names several."""
    group = {"code": 402, "status": "Failed", "recipients": [TO, FROM]}
    answer = normalise("sinch", "json", {"type": "delivery_report_sms", "batch_id": "1", "statuses": [group]})
    assert [event.value["to"] for event in answer.events] == [NUMBER, f"+{FROM}"]


# Envelopes.


@pytest.mark.parametrize(
    ("provider", "payload", "expected"),
    [
        (
            "telnyx",
            {"data": {"event_type": "message.received", "payload": {"from": {"phone_number": TO}, "text": "Hi"}}},
            "inbound",
        ),
        ("telnyx", {"data": {"event_type": "10dlc.campaign.update", "payload": {"status": "x"}}}, "account_update"),
        ("bandwidth", [{"type": "message-delivered", "to": TO, "message": {"id": "1", "text": ""}}], "status"),
        ("bandwidth", [{"type": "message-received", "message": {"from": "MTN", "text": "Hi"}}], "rejected"),
        ("8x8", {"eventType": "template_category_update", "eventDetails": {"templateName": "p"}}, "template_status"),
        ("8x8", {"eventType": "phone_number_quality_update", "eventDetails": {}}, "number_quality"),
        ("gupshup", {"type": "user-event", "payload": {"phone": TO, "type": "opted-out"}}, "optout_event"),
        ("gupshup", {"type": "message-event", "payload": {"type": "failed", "destination": TO}}, "status"),
        ("ycloud", {"type": "whatsapp.user.preferences", "whatsappUserPreference": {"value": "stop"}}, "preference"),
        ("ycloud", {"type": "whatsapp.business_account.updated"}, "account_update"),
        ("wati", {"eventType": "PhoneNumberQualityUpdatedEvent", "phoneNumber": FROM}, "number_quality"),
        ("syniverse", {"reports": [{"report_id": "1", "sender": FROM, "message": "x"}]}, "complaint"),
        ("somebody", {"event": "sms.unsubscribed", "data": {"phone": TO}}, "optout_event"),
        ("somebody", {"eventName": "SpamComplaintReceived", "sender": FROM}, "complaint"),
        ("somebody", {"topic": "template.quality.changed", "data": {"name": "p"}}, "template_quality"),
    ],
)
def test_tells_the_kind_by_the_words_of_the_type(provider: str, payload: object, expected: str) -> None:
    """Also of platforms that nobody has written down."""
    assert kind(provider, "json", payload) == expected


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ({"type": "contact.unsubscribe.created", "contact": {"phoneNumber": TO}}, "opted_out"),
        ({"type": "user-event", "payload": {"phone": TO, "type": "opted-in"}}, "opted_in"),
        ({"event": "number.deactivated", "phone": TO}, "reassigned"),
        ({"event": "contact.unsubscribe.deleted", "phone": TO}, None),
    ],
)
def test_tells_which_way_an_entry_of_a_list_goes(payload: dict[str, Any], word: str | None) -> None:
    """A person is never opted in by a word that is not clear; the word is then missing, and flagged."""
    event = only("somebody", "json", payload)
    assert (event.value.get("status"), event.value["to"]) == (word, NUMBER)
    assert ("status" in event.missing) == (word is None)


def test_reads_metas_change_inside_a_partners_envelope() -> None:
    """ACL and AWS put it one level deeper, AWS as text."""
    change = {"field": "message_template_quality_update", "value": {"new_quality_score": "RED"}}
    assert (
        kind("acl-mobile", "json", {"eventCategory": "X", "channelMetadata": {"changes": [change]}})
        == "template_quality"
    )
    entry = '{"changes": [{"field": "messages", "value": {"statuses": [{"id": "1", "status": "sent"}]}}]}'
    assert kind("aws", "json", {"context": {}, "whatsAppWebhookEntry": entry}) == "status"


def test_keeps_a_state_that_only_a_code_tells() -> None:
    """An unknown code is no failure by default."""
    payload = {"type": "MESSAGE_STATUS", "messageId": "1", "messageStatus": {"code": "FOO"}}
    event = only("zenvia", "json", payload)
    assert (event.value["status"], event.flags) == ("FOO", ("status_unknown",))


# Answers to what was sent.


@pytest.mark.parametrize(
    ("provider", "payload", "status", "code"),
    [
        (
            "meta",
            {"messaging_product": "whatsapp", "contacts": [{"input": TO}], "messages": [{"id": "1"}]},
            "accepted",
            None,
        ),
        ("turn.io", {"errors": [{"code": 1013, "title": "User is not valid"}]}, "failed", "1013"),
        (
            "vonage",
            {"message-count": "1", "messages": [{"to": TO, "message-id": "1", "status": "0"}]},
            "accepted",
            None,
        ),
        (
            "vonage",
            {"message-count": "1", "messages": [{"to": TO, "status": "9", "error-text": "No credit"}]},
            "failed",
            "9",
        ),
        ("infobip", {"messages": [{"to": TO, "messageId": "1", "status": {"groupName": "PENDING"}}]}, "accepted", None),
        (
            "twilio",
            {"sid": "SM1", "status": "queued", "body": "Hi", "to": NUMBER, "direction": "outbound-api"},
            "accepted",
            None,
        ),
    ],
)
def test_reads_the_answer_of_an_api(provider: str, payload: dict[str, Any], status: str, code: str | None) -> None:
    """It says what became of the message at the provider's door."""
    event = only(provider, "json", payload)
    assert (event.kind, event.value["status"], event.value.get("code")) == ("status", status, code)


def test_opts_nobody_out_by_the_9_of_vonages_api() -> None:
    """In the receipt it is an opt-out, in the answer a lack of credit."""
    payload = {"message-count": "1", "messages": [{"to": TO, "status": "9", "error-text": "Partner quota exceeded"}]}
    assert only("vonage", "json", payload).value["code_class"] == "account_restricted"


@pytest.mark.parametrize(
    ("provider", "payload", "word"),
    [
        ("aws", {"OptedOutNumber": NUMBER, "OptedOutTimestamp": 1732460400, "EndUserOptedOut": True}, "opted_out"),
        (
            "mobtexting",
            {"receiver": TO, "type": "category", "status": "Unsubscriber created successfully"},
            "opted_out",
        ),
        ("sinch", {"identities": [{"identity": TO}]}, None),
    ],
)
def test_reads_entries_of_lists(provider: str, payload: dict[str, Any], word: str | None) -> None:
    """Where the list's side stands only in the address, the word is missing."""
    event = only(provider, "json", payload)
    assert (event.kind, event.value["to"], event.value.get("status")) == ("optout_event", NUMBER, word)
