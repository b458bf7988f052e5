"""Sinch: the SMS API (`mt_` is sent, `mo_` received), and the Conversation API, whose field names its callbacks."""

from typing import Final

from pipeline.providers.answers import Rejected
from pipeline.providers.dialects import dialect_of
from pipeline.providers.persons import Person, person_of, sender_of
from pipeline.providers.said import Asset, Inbound, Said, Send, Status, Switch
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, dig, first, text_of, tree, trees
from pipeline.providers.words import status_of

_REPORTS: Final = ("message_delivery_report", "event_delivery_report", "message_submit_notification")
_REPLIES: Final = ("message", "message_redaction", "event", "message_inbound_smart_conversation_redaction")
_SWITCHES: Final = {"opt_in_notification": "opted_in", "opt_out_notification": "opted_out"}
_ACCOUNT: Final = (
    *("channel_event", "capability_notification", "conversation_start_notification", "conversation_stop_notification"),
    *("contact_create_notification", "contact_delete_notification", "contact_merge_notification"),
)
_CALLBACKS: Final = (*_REPORTS, *_REPLIES, *_SWITCHES, *_ACCOUNT, "recipient")


def read_sinch(body: object, provider: str) -> list[Said] | None:
    """Read a payload of Sinch's, or say by `None` that it has another shape.

    :raises Rejected: it has the shape, and its sender is no number or its batch is not named
    """
    source = tree(body)
    kind = first(source, ("type",)) or ""
    if kind.startswith("mo_"):
        return [_sms_inbound(source, kind)]
    if "delivery_report_" in kind:
        if "batch_id" not in source and "statuses" not in source:
            raise Rejected("batch_id", "is missing")
        return _sms_reports(source, is_closed=dialect_of(provider).is_closed)
    if kind.startswith("mt_") and "to" in source:
        return _sms_sends(source)
    listed = _consents(source)
    if listed:
        return listed
    if "app_id" in source and any(isinstance(source.get(name), dict) for name in _CALLBACKS):
        return _conversation(source)
    return None


def _consents(source: Tree) -> list[Said]:
    """Read what the Consents API answers: a person's record, or a page of a list.

    Whether the list is one of opt-outs or of opt-ins stands in the address, so its word is missing.
    """
    records: list[Said] = [_audit(source, each) for each in trees(source.get("audit_records"))]
    identities = trees(source.get("identities"))
    if records or not all("identity" in each for each in identities):
        return records
    return [Switch(kind="optout_event", person=person_of(each["identity"]), word=None) for each in identities]


def _sms_inbound(source: Tree, kind: str) -> Inbound:
    content = source.get("body")
    binary = kind == "mo_binary"
    person = person_of(source.get("from"))
    if not person.is_numeric:
        raise Rejected("from", "is no number")
    return Inbound(
        person=person,
        to=sender_of(source.get("to")),
        text=None if binary else text_of(content) or text_of(dig(content, "message")),
        type=kind,
        at=instant_of(source.get("received_at")),
        id=first(source, ("id",)),
        channel="sms",
    )


def _sms_reports(source: Tree, *, is_closed: bool) -> list[Said]:
    """Read a report on one recipient, or a batch's, which counts recipients by state and may name them."""
    batch = first(source, ("batch_id",))
    groups = trees(source.get("statuses")) or [source]
    said: list[Said] = []
    for group in groups:
        if is_closed and status_of(first(group, ("status",)) or "") is None:
            raise Rejected("status", "is missing or not known")
        named = group.get("recipients")
        recipients: list[object] = named if isinstance(named, list) and named else [group.get("recipient")]
        said += [
            Status(
                word=first(group, ("status",)),
                person=person_of(each),
                code=_failure(group),
                at=instant_of(group.get("at")),
                id=batch,
                reference=first(source, ("client_reference",)),
                channel="sms",
                product="sms",
            )
            for each in recipients
        ]
    return said


def _failure(group: Tree) -> str | None:
    """Give the code of a failure; codes of other states only repeat the state."""
    return (
        first(group, ("code",)) if first(group, ("status",)) in {"Failed", "Rejected", "Aborted", "Expired"} else None
    )


def _sms_sends(source: Tree) -> list[Said]:
    to = source.get("to")
    content = source.get("body")
    return [
        Send(
            person=person_of(each),
            sender=sender_of(source.get("from") or source.get("from_")),
            channel="sms",
            text=text_of(content) or text_of(dig(content, "message")),
            type=first(source, ("type",)),
            media=({"url": url[:4096]},) if (url := text_of(dig(content, "url"))) else (),
            send_at=instant_of(source.get("send_at")),
            valid_until=instant_of(source.get("expire_at")),
        )
        for each in (to if isinstance(to, list) else [to])
    ]


def _audit(source: Tree, record: Tree) -> Switch:
    operation = first(record, ("operation",)) or ""
    known = {"OPERATION_INSERT": "opted_out", "OPERATION_DELETE": "opted_in"}
    return Switch(
        kind="optout_event",
        person=person_of(dig(source, "identity", "identity")),
        word=known.get(operation, operation or None),
        at=instant_of(record.get("datetime")),
        code_title=first(record, ("list_type",)),
        flags=() if operation in known else ("operation_unknown",),
    )


def _conversation(source: Tree) -> list[Said] | None:
    at = instant_of(source.get("event_time") or source.get("accepted_time"))
    if isinstance(source.get("recipient"), dict):
        return [_conversation_send(source)]
    for name in _REPORTS:
        if name in source:
            return [_conversation_report(tree(source[name]), at)]
    for name, word in _SWITCHES.items():
        if name in source:
            return [_conversation_switch(tree(source[name]), word, at)]
    for name in _ACCOUNT:
        if name in source:
            return [_conversation_account(name, tree(source[name]), at)]
    for name in _REPLIES:
        if name in source:
            return [_conversation_inbound(tree(source[name]), at)]
    return None


def _identity(part: Tree) -> Person:
    channel = part.get("channel_identity")
    return person_of(dig(channel, "identity") or part.get("identity"))


def _channel(part: Tree) -> str | None:
    return text_of(dig(part.get("channel_identity"), "channel")) or first(part, ("channel",))


def _conversation_report(report: Tree, at: str | None) -> Status:
    part = tree(report.get("submitted_message")) or report
    reason = tree(part.get("reason"))
    return Status(
        word=first(part, ("status",)),
        status=None if "status" in part else "accepted",
        person=_identity(part),
        code=first(reason, ("code",)),
        title=first(reason, ("description",)),
        at=at,
        id=first(part, ("message_id", "event_id")),
        reference=first(report, ("metadata",)),
        channel=_channel(part),
        product="conversation",
    )


def _conversation_switch(part: Tree, word: str, at: str | None) -> Switch:
    is_done = (first(part, ("status",)) or "").endswith("SUCCEEDED")
    return Switch(
        kind="optout_event",
        person=_identity(part),
        word=word if is_done else first(part, ("status",)),
        at=at,
        channel=_channel(part),
        flags=() if is_done else ("not_confirmed",),
    )


def _conversation_account(name: str, part: Tree, at: str | None) -> Asset:
    quality = text_of(dig(part, "additional_data", "quality_rating"))
    return Asset(
        kind="account_update",
        type="whatsapp_number" if _channel(part) == "WHATSAPP" else "account",
        id=sender_of(dig(part, "channel_identity", "identity")),
        event=first(part, ("event_type",)) or name,
        state={"quality": quality} if quality else {},
        at=at,
    )


def _conversation_inbound(part: Tree, at: str | None) -> Inbound:
    content = tree(part.get("contact_message"))
    kind = next((name for name in content if name.endswith("_message")), None)
    return Inbound(
        person=_identity(part),
        to=sender_of(part.get("sender_id")),
        text=text_of(dig(content, "text_message", "text")) or text_of(dig(content, "choice_response_message", "text")),
        type=kind,
        at=at,
        id=first(part, ("id",)),
        channel=_channel(part),
        flags=() if content else ("message_type_unsupported",),
    )


def _conversation_send(source: Tree) -> Send:
    recipient = tree(source.get("recipient"))
    identities = trees(dig(recipient, "identified_by", "channel_identities"))
    order = source.get("channel_priority_order")
    channel = text_of(identities[0].get("channel")) if identities else None
    if channel is None and isinstance(order, list) and order:
        channel = text_of(order[0])
    message = tree(source.get("message"))
    url = text_of(dig(message, "media_message", "url"))
    return Send(
        person=person_of(identities[0].get("identity")) if identities else Person(),
        channel=channel,
        text=text_of(dig(message, "text_message", "text")) or text_of(dig(message, "card_message", "title")),
        type=next((name for name in message if name.endswith("_message")), None),
        media=({"url": url[:4096]},) if url else (),
        purpose="marketing" if source.get("message_content_type") == "CONTENT_MARKETING" else None,
        reference=first(source, ("message_metadata",)),
    )
