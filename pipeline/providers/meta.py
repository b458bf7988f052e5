"""Meta's WhatsApp Business Platform and all who pass its shapes on: 360dialog, turn.io, Gupshup v3, ACL.

A webhook body holds entries, an entry changes, and a change a field with a value; one body can hold several of each.
The older on-premises shape is the value alone. What a change is about is decided by its content, then by its field: a
page of Meta showed a quality event under `message_template_status_update`.

Source: Meta's webhook reference as copied in the collected payloads (2025-10 to 2026-06).
"""

from typing import Final

from pipeline.providers.answers import Rejected
from pipeline.providers.meta_assets import asset_in
from pipeline.providers.persons import Person, person_of, sender_of
from pipeline.providers.said import Inbound, Said, Status, Switch
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, dig, first, text_of, tree, trees

PRODUCT: Final = "whatsapp"
_VALUE_FIELDS: Final = ("statuses", "messages", "message_echoes", "user_preferences", "message_template_name")
_MESSAGE_MARKS: Final = ("timestamp", "type", "text")
_ECHO_FIELDS: Final = ("message_echoes", "smb_message_echoes")


def read_meta(body: object, _provider: str) -> list[Said] | None:
    """Read a webhook body or an answer of the API, or say by `None` that it has another shape.

    :raises Rejected: it has the shape, and nobody can be named in it
    """
    source = tree(body)
    if len(source) == 1:
        inner = tree(next(iter(source.values())))
        source = inner if "entry" in inner else source
    if isinstance(source.get("entry"), list):
        return _entries(source)
    if isinstance(source.get("changes"), list):
        return _changes(source, source)
    if isinstance(source.get("field"), str) and isinstance(source.get("value"), dict):
        return _change(source, {})
    if any("id" in status for status in trees(source.get("statuses"))) or _is_message_list(source):
        is_chat = "metadata" in source or "messaging_product" in source
        return _value("messages", source, {}, is_enveloped=is_chat)
    if _is_graph_error(source):
        return [_graph_error(tree(source["error"]))]
    return _answer(source)


def _answer(source: Tree) -> list[Said] | None:
    """Read the answer to a message that was given to the API: its id, or the errors of the on-premises one."""
    messages = trees(source.get("messages"))
    if messages and all("id" in each and not each.keys() - {"id", "message_status"} for each in messages):
        contacts = trees(source.get("contacts"))
        person = _person(_contact(contacts).get("input"), None, contacts)
        return [
            Status(status="accepted", person=person, id=first(each, ("id",)), channel=PRODUCT, product=PRODUCT)
            for each in messages
        ]
    errors = trees(source.get("errors"))
    if errors and all("code" in each and "title" in each for each in errors) and not source.keys() - {"errors", "meta"}:
        return [_graph_error(each) for each in errors]
    return None


def _is_message_list(source: Tree) -> bool:
    """Tell replies from what is to be sent, which has a recipient, and from ids that an answer lists."""
    messages = trees(source.get("messages"))
    return bool(messages) and all(
        "to" not in message
        and "destinations" not in message
        and any(mark in message for mark in _MESSAGE_MARKS)
        and ("from" in message or "from_user_id" in message or "id" in message)
        for message in messages
    )


def _is_graph_error(source: Tree) -> bool:
    error = tree(source.get("error"))
    return "code" in error and ("fbtrace_id" in error or error.get("type") == "OAuthException" or "error_data" in error)


def _entries(source: Tree) -> list[Said]:
    said: list[Said] = []
    for entry in trees(source["entry"]):
        said += _changes(entry, entry)
    if not said:
        raise Rejected("entry", "holds no change")
    return said


def _changes(source: Tree, entry: Tree) -> list[Said]:
    said: list[Said] = []
    for change in trees(source.get("changes")):
        said += _change(change, entry)
    return said


def _change(change: Tree, entry: Tree) -> list[Said]:
    field = text_of(change.get("field")) or ""
    value = tree(change.get("value"))
    if any(trees(value.get(name)) for name in _VALUE_FIELDS) or field == "messages":
        return _value(field, value, entry, is_enveloped=True)
    return [asset_in(field, value, entry)]


def _value(field: str, value: Tree, entry: Tree, *, is_enveloped: bool) -> list[Said]:
    """Read statuses, messages and preferences of one value; statuses first, as they decide what can be revoked."""
    contacts = trees(value.get("contacts"))
    sender = sender_of(dig(value, "metadata", "display_phone_number"))
    said: list[Said] = [_status(status, contacts, sender) for status in trees(value.get("statuses"))]
    for name in _ECHO_FIELDS:
        said += [_echo(echo) for echo in trees(value.get(name))]
    for preference in trees(value.get("user_preferences")):
        said.append(_preference(preference, contacts, sender))
    for message in trees(value.get("messages")):
        said.append(_inbound(message, contacts, value, is_enveloped=is_enveloped))
    for error in trees(value.get("errors")):
        said.append(Status(status="failed", code=first(error, ("code",)), title=_title(error), product=PRODUCT))
    return said or [asset_in(field, value, entry)]


def _contact(contacts: list[Tree]) -> Tree:
    """Give the one contact of a value; with several, which one is meant stands in the message alone."""
    return contacts[0] if len(contacts) == 1 else {}


def _person(number: object, bsuid: object, contacts: list[Tree]) -> Person:
    contact = _contact(contacts)
    return person_of(number or contact.get("wa_id"), bsuid or contact.get("user_id"))


def _inbound(message: Tree, contacts: list[Tree], value: Tree, *, is_enveloped: bool) -> Inbound:
    person = _person(message.get("from"), message.get("from_user_id") or message.get("from_bsuid"), contacts)
    if not is_enveloped and person.bsuid is None and not person.is_numeric:
        raise Rejected("messages[].from", "is no number")
    kind = first(message, ("type",)) or "unknown"
    return Inbound(
        person=person,
        to=sender_of(dig(value, "metadata", "display_phone_number")),
        text=_text_in(message, kind),
        type=kind,
        at=instant_of(message.get("timestamp")),
        id=first(message, ("id",)),
        channel=PRODUCT,
        username=text_of(dig(_contact(contacts), "profile", "username")),
        phone_number_id=text_of(dig(value, "metadata", "phone_number_id")),
        flags=("message_type_unsupported",) if trees(message.get("errors")) else (),
    )


def _text_in(message: Tree, kind: str) -> str | None:
    """Find the words of a message: typed, on the button that was pressed, or under a picture."""
    content = tree(message.get(kind))
    if kind == "interactive":
        content = tree(content.get(text_of(content.get("type")) or ""))
    return first(content, ("body", "text", "title", "caption", "emoji"))


def _status(status: Tree, contacts: list[Tree], sender: str | None) -> Status:
    error = trees(status.get("errors"))[0] if trees(status.get("errors")) else {}
    return Status(
        word=first(status, ("status",)),
        person=_person(status.get("recipient_id"), status.get("recipient_user_id"), contacts),
        code=first(error, ("code",)),
        title=_title(error),
        at=instant_of(status.get("timestamp")),
        id=first(status, ("id",)),
        reference=first(status, ("biz_opaque_callback_data",)),
        channel=PRODUCT,
        sender=sender,
        product=PRODUCT,
    )


def _title(error: Tree) -> str | None:
    return first(error, ("title", "message")) or text_of(dig(error, "error_data", "details"))


def _echo(echo: Tree) -> Status:
    """Read an echo of what the business sent from its own phone: it was sent, and no verdict was asked for."""
    return Status(
        status="sent",
        person=person_of(echo.get("to"), echo.get("to_user_id")),
        at=instant_of(echo.get("timestamp")),
        id=first(echo, ("id",)),
        channel=PRODUCT,
        sender=sender_of(echo.get("from")),
        product=PRODUCT,
        flags=("sent_outside_the_platform",),
    )


def _preference(preference: Tree, contacts: list[Tree], sender: str | None) -> Switch:
    word = first(preference, ("value",))
    known = word in {"stop", "resume", "signup"}
    return Switch(
        kind="preference",
        person=_person(preference.get("wa_id"), preference.get("user_id"), contacts),
        word=word,
        at=instant_of(preference.get("timestamp")),
        channel=PRODUCT,
        sender=sender,
        code_title=first(preference, ("category",)),
        flags=() if known else ("preference_unknown",),
    )


def _graph_error(error: Tree) -> Status:
    return Status(
        status="failed",
        code=first(error, ("code",)),
        title=_title(error),
        channel=PRODUCT,
        product=PRODUCT,
    )
