"""Infobip: `results` are replies or reports, `messages` are to be sent; WhatsApp's single send is a message by itself.

A report carries two codes, `status` and `error`, from two lists with the same numbers; the names tell them apart. The
error says why, so it goes into the event when there is one.
"""

from typing import Final

from pipeline.providers.answers import Rejected
from pipeline.providers.dialects import dialect_of
from pipeline.providers.meta_assets import language_tag
from pipeline.providers.meta_sends import PARAMETERS_MAX
from pipeline.providers.persons import person_of, sender_of
from pipeline.providers.said import Inbound, Said, Send, Status
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, dig, first, text_of, tree, trees
from pipeline.providers.words import channel_of, status_of

_REPORT_FIELDS: Final = ("status", "error", "doneAt", "seenAt")
_SEND_FIELDS: Final = ("content", "text", "messageSegments", "template", "binary")
_NO_ERROR: Final = "NO_ERROR"


def read_infobip(body: object, provider: str) -> list[Said] | None:
    """Read a payload of Infobip's, or say by `None` that it has another shape.

    :raises Rejected: it has the shape, and the sender of a text message is no number, or the state is not known
    """
    source = tree(body)
    results = trees(source.get("results"))
    if results:
        is_closed = dialect_of(provider).is_closed
        return [
            _report(each, is_closed=is_closed) if any(name in each for name in _REPORT_FIELDS) else _inbound(each)
            for each in results
        ]
    messages = trees(source.get("messages"))
    if messages and all("groupName" in tree(each.get("status")) for each in messages):
        return [_report(each, is_closed=dialect_of(provider).is_closed) for each in messages]
    if messages and all(_is_send(each) for each in messages):
        return [said for each in messages for said in _sends(each)]
    if _is_send(source) and isinstance(source.get("content"), dict) and "message_type" not in source:
        return _sends(source)
    return None


_REPLY_FIELDS: Final = ("receivedAt", "event", "status", "direction")


def _is_send(message: Tree) -> bool:
    if any(name in message for name in _REPLY_FIELDS):
        return False
    if isinstance(message.get("destinations"), list):
        return True
    return "to" in message and ("from" in message or "sender" in message) and any(n in message for n in _SEND_FIELDS)


def _inbound(result: Tree) -> Inbound:
    person = person_of(result.get("from") or result.get("sender"))
    channel = first(result, ("channel",)) or "sms"
    if channel_of(channel) == "sms" and not person.is_numeric:
        raise Rejected("results[].from", "is no number")
    content = trees(result.get("content")) + trees(result.get("message"))
    parts = [text for each in content if (text := first(each, ("text", "value"))) is not None]
    return Inbound(
        person=person,
        to=sender_of(result.get("to") or result.get("destination")),
        text=first(result, ("text",)) or "\n".join(parts) or None,
        type=first(content[0], ("type",)) if content else "text",
        at=instant_of(result.get("receivedAt")),
        id=first(result, ("messageId",)),
        channel=channel,
    )


def _report(result: Tree, *, is_closed: bool) -> Status:
    error, state = tree(result.get("error")), tree(result.get("status"))
    has_error = bool(error) and error.get("name") != _NO_ERROR and text_of(error.get("id")) != "0"
    reason = error if has_error else state
    word = first(state, ("groupName",)) or ("SEEN" if "seenAt" in result else None)
    if is_closed and word is not None and status_of(word) is None and word.isalpha():
        raise Rejected("results[].status.groupName", "is not known")
    is_final = word in {"REJECTED", "UNDELIVERABLE", "EXPIRED"} or has_error
    channel = first(result, ("channel",)) or "sms"
    return Status(
        word=word,
        person=person_of(result.get("to") or result.get("destination")),
        code=first(reason, ("id",)) if is_final else None,
        title=first(reason, ("name",)) if is_final else None,
        at=instant_of(result.get("doneAt") or result.get("seenAt") or result.get("sentAt")),
        id=first(result, ("messageId",)),
        reference=first(result, ("callbackData",)),
        channel=channel,
        sender=sender_of(result.get("from") or result.get("sender")),
        product=channel.lower(),
    )


def _sends(message: Tree) -> list[Said]:
    content = tree(message.get("content"))
    body = tree(content.get("body"))
    template = _template(message, content)
    segments = trees(message.get("messageSegments")) + trees(content.get("messageSegments"))
    texts = [first(message, ("text",)) or first(content, ("text", "caption")) or first(body, ("text",))]
    texts += [first(each, ("text",)) for each in segments]
    url = first(content, ("mediaUrl",)) or first(body, ("url",))
    recipients = [(each.get("to"), each.get("messageId")) for each in trees(message.get("destinations"))]
    channel = first(message, ("channel",)) or _channel_by(content)
    return [
        Send(
            person=person_of(to),
            sender=sender_of(message.get("from") or message.get("sender")),
            channel=channel,
            text="\n".join(text for text in texts if text) or None,
            type="template" if template else (first(body, ("type",)) or "text").lower(),
            template=template,
            media=({"url": url[:4096]},) if url else (),
            reference=text_of(reference),
            send_at=instant_of(message.get("sendAt")),
        )
        for to, reference in recipients or [(message.get("to"), message.get("messageId"))]
    ]


def _channel_by(content: Tree) -> str:
    """Tell the channel of a message that names none: only SMS has nothing but a text."""
    return "sms" if not content or set(content) <= {"text", "transliteration", "language"} else "whatsapp"


def _template(message: Tree, content: Tree) -> dict[str, object] | None:
    named = tree(message.get("template")) or content
    name = first(named, ("templateName",))
    if name is None:
        return None
    body = tree(content.get("body"))
    given = dig(content, "templateData", "body", "placeholders")
    values = given if isinstance(given, list) else [value for key, value in body.items() if key.isdigit()]
    parameters = [text for each in values if (text := text_of(each)) is not None][:PARAMETERS_MAX]
    template: dict[str, object] = {"name": name[:256], "parameters": parameters}
    language = language_tag(first(named, ("language",)))
    return {**template, "language": language} if language else template
