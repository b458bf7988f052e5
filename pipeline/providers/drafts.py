"""What was said, written as our events: the value as far as the payload gives it, and what must still be added.

Ids: the provider's own where it gives one, else derived from the payload, so that the same body twice is one event.
Nothing is filled in that the payload does not say: a missing time is the publisher's to state.
"""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from pipeline.domain.events import ProviderEvent
from pipeline.providers.answers import Event, PayloadKind
from pipeline.providers.codes import meaning_of
from pipeline.providers.persons import Person
from pipeline.providers.said import Asset, Complaint, Inbound, Nothing, Said, Send, Status, Switch
from pipeline.providers.suppression import is_disputed
from pipeline.providers.words import channel_of, status_of

INBOUND: Final = "messaging.inbound"
PROVIDER_EVENTS: Final = "messaging.provider-events"
ASSETS: Final = "messaging.assets"
OUTBOUND: Final = "messaging.outbound"
REPORTS: Final = "compliance.reports"

_MEDIA_TYPES: Final = ("image", "video", "audio", "document", "sticker", "file", "vcard")
TEXT_CHARACTERS_MAX: Final = 10_000
"""As long as a message's text may be in our events."""
_ID_CHARACTERS_MAX: Final = 256
_WORD_CHARACTERS_MAX: Final = 1024
_SHORT_CODE_DIGITS_MAX: Final = 6
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Origin(Struct, frozen=True):
    """Whose payload it is, and a digest of it from which ids are derived."""

    provider: str
    digest: str


class _Sheet:
    """One event while it is being written."""

    def __init__(self) -> None:
        self.value: dict[str, object] = {}
        self.missing: list[str] = []
        self.flags: list[str] = []

    def put(self, name: str, value: object, *, needed: bool = False) -> None:
        """Write a field; one that is needed and not there is noted as missing."""
        if value is not None and value != "":
            self.value[name] = value
        elif needed:
            self.missing.append(name)

    def word(self, name: str, value: str | None) -> None:
        """Write a short text, cut to what an event may hold."""
        self.put(name, value[:_WORD_CHARACTERS_MAX] if value else None)

    def text(self, text: str | None) -> str | None:
        """Give a text if an event may hold it; a longer one is flagged, never cut: its end may be what matters."""
        if text is not None and len(text) > TEXT_CHARACTERS_MAX:
            self.flags.append("text_too_long")
            return None
        return text

    def person(self, name: str, person: Person, portfolio_id: str | None) -> None:
        """Write a recipient: the number, else the business-scoped id, which needs its portfolio."""
        if person.number is not None:
            self.value[name] = person.number
        elif person.bsuid is not None:
            self.value[name] = {"bsuid": person.bsuid}
            if portfolio_id is None:
                self.missing.append(f"{name}.portfolio_id")
            else:
                self.value[name] = {"bsuid": person.bsuid, "portfolio_id": portfolio_id}
        else:
            self.missing.append(name)
            if person.is_given:
                self.flags.append("recipient_not_international")

    def event(self, kind: PayloadKind, topic: str, flags: tuple[str, ...]) -> Event:
        """Close the sheet."""
        return Event(kind=kind, topic=topic, value=self.value, missing=tuple(self.missing), flags=(*self.flags, *flags))


def event_from(said: Said, origin: Origin, number: int) -> Event | None:
    """Write what was said as an event, or `None` where none is due.

    :param number: which of the things that the payload says it is, from 0
    """
    if isinstance(said, Inbound):
        return _inbound(said, origin, number)
    if isinstance(said, Status):
        return _status(said, origin, number)
    if isinstance(said, Send):
        return _send(said, origin, number)
    return _rarer(said, origin, number)


def _rarer(said: Switch | Asset | Complaint | Nothing, origin: Origin, number: int) -> Event | None:
    if isinstance(said, Switch):
        return _switch(said, origin, number)
    if isinstance(said, Asset):
        return _asset(said, origin, number)
    return _complaint(said, origin, number) if isinstance(said, Complaint) else None


def kind_of(said: Said) -> PayloadKind:
    """Name the kind of what was said."""
    match said:
        case Inbound():
            return "inbound"
        case Status():
            return "status"
        case Send():
            return "send_request"
        case Complaint():
            return "complaint"
        case _:
            return said.kind


def _id(native: str | None, origin: Origin, number: int) -> str:
    if native is not None and len(native) <= _ID_CHARACTERS_MAX:
        return native
    return f"{origin.digest}-{number}"


def _inbound(said: Inbound, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    sheet.put("inbound_id", _id(said.id, origin, number))
    channel = channel_of(said.channel)
    sheet.put("channel", channel, needed=True)
    if channel is None and said.channel:
        sheet.flags.append("channel_not_covered")
    person = said.person
    if person.bsuid is not None:
        names: dict[str, object] = {"bsuid": person.bsuid}
        if person.number is not None:
            names["e164"] = person.number
        if said.portfolio_id is not None:
            names["portfolio_id"] = said.portfolio_id
        else:
            sheet.missing.append("from.portfolio_id")
        if said.username:
            names["username"] = said.username[:_WORD_CHARACTERS_MAX]
        sheet.put("from", names)
    else:
        sheet.put("from", person.number, needed=True)
        if person.number is None and person.is_given:
            sheet.flags.append("sender_not_international")
    sheet.put("to", said.to[:_ID_CHARACTERS_MAX] if said.to else None, needed=True)
    sheet.word("type", said.type)
    sheet.put("text", sheet.text(said.text))
    sheet.put("received_at", said.at, needed=True)
    sheet.word("phone_number_id", said.phone_number_id)
    sheet.word("provider_opt_out_type", said.opt_out_type)
    sheet.put("provider", origin.provider)
    return sheet.event("inbound", INBOUND, said.flags)


def _status(said: Status, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    status = said.status or (status_of(said.word) if said.word else None)
    if status is None and said.word:
        sheet.flags.append("status_unknown")
        status = said.word
    native = f"{said.id}:{status}" if said.id and status else said.id
    sheet.put("provider_event_id", _id(native, origin, number))
    sheet.put("kind", "status")
    sheet.put("provider", origin.provider, needed=True)
    sheet.word("product", said.product)
    sheet.person("to", said.person, None)
    sheet.put("occurred_at", said.at, needed=True)
    sheet.word("status", status)
    sheet.word("code", said.code)
    sheet.word("code_title", said.title)
    sheet.word("channel", channel_of(said.channel) or said.channel)
    sheet.word("sender", said.sender)
    sheet.word("provider_message_id", said.id)
    sheet.word("client_reference", said.reference)
    sheet.missing.append("message_id")
    _judge_code(sheet, said, origin, status)
    return sheet.event("status", PROVIDER_EVENTS, said.flags)


def _judge_code(sheet: _Sheet, said: Status, origin: Origin, status: str | None) -> None:
    """Say what the code means, or flag that its parts don't agree."""
    if not said.code:
        return
    code = meaning_of(origin.provider, said.product, said.code, said.title)
    if code is not None:
        sheet.put("code_class", code.group)
        sheet.put("is_retryable", code.is_retryable)
    report = ProviderEvent(
        provider_event_id="-",
        kind="status",
        provider=origin.provider,
        to="-",
        occurred_at=_NEVER,
        product=said.product,
        status=status,
        code=said.code,
        code_title=said.title,
    )
    if is_disputed(report):
        sheet.flags.append("code_disputed")


def _switch(said: Switch, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    sheet.put("provider_event_id", _id(said.id, origin, number))
    sheet.put("kind", said.kind)
    sheet.put("provider", origin.provider, needed=True)
    sheet.person("to", said.person, None)
    sheet.put("occurred_at", said.at, needed=True)
    sheet.word("status", said.word)
    if said.word is None:
        sheet.missing.append("status")
    sheet.word("channel", channel_of(said.channel) or said.channel)
    sheet.word("sender", said.sender)
    sheet.word("code_title", said.code_title)
    if not said.sender:
        sheet.missing.append("workspace_id")
    return sheet.event(said.kind, PROVIDER_EVENTS, said.flags)


def _asset(said: Asset, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    sheet.put("asset_event_id", _id(said.event_id, origin, number))
    sheet.put("provider", origin.provider)
    sheet.put("occurred_at", said.at, needed=True)
    sheet.put("kind", said.kind)
    asset = {"type": said.type, "id": said.id, "name": said.name, "language": said.language}
    sheet.put("asset", {name: value[:_WORD_CHARACTERS_MAX] for name, value in asset.items() if value})
    sheet.missing.append("asset.portfolio_id")
    part = "template" if said.type == "template" else "account"
    sheet.put(part, said.state or None)
    needed = ("category", "status", "quality") if part == "template" else ("state",)
    if said.type == "template":
        sheet.missing += [f"asset.{name}" for name in ("name", "language") if not asset[name]]
    elif not said.id:
        sheet.missing.append("asset.id")
    # A record replaces the one before under its key, so it must hold the whole state.
    sheet.missing += [f"{part}.{name}" for name in needed if name not in said.state]
    sheet.word("account_id", said.account_id)
    sheet.word("provider_event", said.event)
    return sheet.event(said.kind, ASSETS, said.flags)


def _send(said: Send, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    sheet.put("message_id", said.reference if said.reference and len(said.reference) <= _ID_CHARACTERS_MAX else None)
    if "message_id" not in sheet.value:
        sheet.value["message_id"] = _id(said.id, origin, number)
    channel = channel_of(said.channel)
    sheet.put("channel", channel, needed=True)
    if channel is None and said.channel:
        sheet.flags.append("channel_not_covered")
    sheet.person("to", said.person, None)
    if said.sender is not None:
        sheet.put("sender", {"type": said.sender_type or sender_type(said.sender, channel), "id": said.sender})
    else:
        sheet.missing.append("sender")
    sheet.put("content", _content(said, sheet))
    sheet.put("send_at", said.send_at)
    sheet.put("valid_until", said.valid_until)
    sheet.put("purpose", said.purpose, needed=True)
    sheet.missing += ["workspace_id", "actor", "requested_at"]
    return sheet.event("send_request", OUTBOUND, said.flags)


def _content(said: Send, sheet: _Sheet) -> dict[str, object]:
    """Write what the recipient would read, and note what of it only the business or the provider knows."""
    kind = said.type or ("template" if said.template is not None else "text")
    content: dict[str, object] = {"type": kind[:_WORD_CHARACTERS_MAX]}
    text = sheet.text(said.text)
    if text:
        content["text"] = text
    if said.template is not None:
        content["template"] = said.template
        sheet.missing += ["content.text"] if not text else []
        sheet.missing += [f"content.template.{name}" for name in ("name", "category") if name not in said.template]
    elif said.text is not None and not text:
        sheet.missing.append("content.text")
    if said.media:
        content["media"] = list(said.media)
    elif kind in _MEDIA_TYPES:
        sheet.missing.append("content.media")
    return content


def sender_type(sender: str, channel: str | None) -> str:
    """Say what kind of sender a text is, by its form."""
    if channel == "whatsapp":
        return "whatsapp_number"
    digits = sender.removeprefix("+")
    if not (digits.isdigit() and digits.isascii()):
        return "alphanumeric"
    return "short_code" if len(digits) <= _SHORT_CODE_DIGITS_MAX else "phone_number"


def _complaint(said: Complaint, origin: Origin, number: int) -> Event:
    sheet = _Sheet()
    sheet.put("report_id", _id(said.id, origin, number))
    sheet.put("kind", "complaint")
    sheet.put("provider", origin.provider)
    sheet.put("reported_at", said.at, needed=True)
    sheet.word("source", said.source)
    sheet.word("sender", said.sender)
    sheet.put("recipient", said.person.number)
    sheet.put("text", sheet.text(said.text))
    sheet.missing.append("workspace_id")
    return sheet.event("complaint", REPORTS, ())
