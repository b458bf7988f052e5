"""The events that come in: what others tell us, typed and limited in size.

Every limit here is a limit of decoding: what exceeds it goes to the dead letters. Field names are the contract of
`schemas/`; a field that is missing but decidable (a message without an actor) is `None`, and a rule answers for it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Identifier = Annotated[str, Meta(min_length=1, max_length=256)]
"""An id given by the platform or a provider; 256 characters, the longest `wamid` seen is 120."""
ShortText = Annotated[str, Meta(max_length=1024)]
MessageText = Annotated[str, Meta(max_length=10_000)]
"""A message body, in characters. WhatsApp allows 4,096, ten concatenated SMS 1,530."""
Instant = Annotated[datetime, Meta(tz=True)]
"""A point in time with its offset (RFC 3339)."""
Scopes = Annotated[tuple[ShortText, ...], Meta(max_length=256)]

Channel = Literal["sms", "whatsapp"]
Purpose = Literal["marketing", "utility", "authentication", "service"]
SenderType = Literal["phone_number", "short_code", "alphanumeric", "whatsapp_number"]
ActorType = Literal["member", "administrator", "integration", "automation"]


class BusinessScopedId(Struct, frozen=True, gc=False):
    """How WhatsApp names a user whose number it does not give: unique within one business portfolio."""

    bsuid: Identifier
    portfolio_id: Identifier


class Sender(Struct, frozen=True, gc=False):
    """What the recipient sees as the origin of a message."""

    type: SenderType
    id: Identifier
    country: str | None = None


class Actor(Struct, frozen=True, gc=False):
    """Who asked for a message to be sent."""

    type: ActorType
    id: Identifier


class Template(Struct, frozen=True, gc=False):
    """A provider-approved message template and what it is filled with."""

    name: Identifier
    language: ShortText | None = None
    category: ShortText | None = None
    parameters: Annotated[tuple[MessageText, ...], Meta(max_length=64)] = ()


class Media(Struct, frozen=True, gc=False):
    """A media item that is sent along."""

    url: Annotated[str, Meta(max_length=4096)]
    mime_type: ShortText | None = None
    sha256: ShortText | None = None


class Content(Struct, frozen=True, gc=False):
    """What the recipient would read."""

    type: ShortText
    text: MessageText | None = None
    template: Template | None = None
    media: Annotated[tuple[Media, ...], Meta(max_length=32)] = ()


class RecipientFacts(Struct, frozen=True, gc=False):
    """What the sender says of the recipient's whereabouts and age."""

    country: ShortText | None = None
    time_zone: ShortText | None = None
    postal_code: ShortText | None = None
    birth_year: int | None = None


class OutboundMessage(Struct, frozen=True, gc=False, kw_only=True):
    """A message that asks to be sent (`messaging.outbound`, `messaging.outbound.priority`)."""

    message_id: Identifier
    channel: Channel
    to: Identifier | BusinessScopedId
    sender: Sender
    purpose: Purpose
    content: Content
    requested_at: Instant
    workspace_id: Identifier | None = None
    actor: Actor | None = None
    campaign_id: Identifier | None = None
    list_id: Identifier | None = None
    consent_id: Identifier | None = None
    brand: ShortText | None = None
    send_at: Instant | None = None
    valid_until: Instant | None = None
    recipient: RecipientFacts | None = None
    registration: Mapping[str, Any] | None = None
    """Registrations that the message is sent under, such as a DLT template."""


class InboundOrigin(Struct, frozen=True, gc=False, kw_only=True):
    """Who wrote to us: a number, a business-scoped id, or both, which links the two."""

    e164: Identifier | None = None
    bsuid: Identifier | None = None
    portfolio_id: Identifier | None = None
    username: ShortText | None = None


class InboundMessage(Struct, frozen=True, gc=False, kw_only=True, rename={"origin": "from"}):
    """A message from a recipient to a workspace (`messaging.inbound`)."""

    inbound_id: Identifier
    channel: Channel
    origin: Identifier | InboundOrigin
    received_at: Instant
    workspace_id: Identifier | None = None
    to: Identifier | None = None
    type: ShortText | None = None
    text: MessageText | None = None


class ProviderEvent(Struct, frozen=True, gc=False, kw_only=True):
    """What a provider reports about one recipient's message (`messaging.provider-events`)."""

    provider_event_id: Identifier
    kind: ShortText
    provider: ShortText
    to: Identifier | BusinessScopedId
    occurred_at: Instant
    product: ShortText | None = None
    workspace_id: Identifier | None = None
    message_id: Identifier | None = None
    status: ShortText | None = None
    code: ShortText | None = None
    code_title: ShortText | None = None
    channel: ShortText | None = None
    sender: ShortText | None = None
    provider_message_id: ShortText | None = None


class Scope(Struct, frozen=True, gc=False):
    """What a choice of a recipient covers; `*` covers all."""

    channel: ShortText = "*"
    purpose: ShortText = "*"
    sender: ShortText = "*"
    brand: ShortText = "*"


ConsentAction = Literal["opt_in", "opt_out", "resume", "import", "expire", "reassigned"]


class ConsentEvent(Struct, frozen=True, gc=False, kw_only=True):
    """A change in what a recipient agreed to (`compliance.consent`), with when it happened and when we knew."""

    consent_event_id: Identifier
    workspace_id: Identifier
    to: Identifier | BusinessScopedId
    action: ConsentAction
    occurred_at: Instant
    recorded_at: Instant
    scope: Scope = Scope()
    basis: ShortText | None = None
    method: ShortText | None = None
    expires_at: Instant | None = None


class CommandSubject(Struct, frozen=True, gc=False, kw_only=True):
    """Whom a command is about: a person when `recipient` is given, else a workspace or a part of it."""

    workspace_id: Identifier | None = None
    recipient: Identifier | BusinessScopedId | None = None
    credential_id: Identifier | None = None
    sender_id: Identifier | None = None
    campaign_id: Identifier | None = None
    template: ShortText | None = None
    text: MessageText | None = None


class CommandActor(Struct, frozen=True, gc=False):
    """The officer or system that gave a command."""

    type: ShortText
    id: Identifier


class Command(Struct, frozen=True, gc=False, kw_only=True):
    """An instruction to the system (`compliance.commands`)."""

    command_id: Identifier
    kind: ShortText
    subject: CommandSubject
    actor: CommandActor
    occurred_at: Instant
    reason: ShortText | None = None
    until: Instant | None = None


class AssetName(Struct, frozen=True, gc=False, kw_only=True):
    """Which template, sender or account an asset event is about."""

    type: ShortText
    id: ShortText | None = None
    portfolio_id: ShortText | None = None
    name: ShortText | None = None
    language: ShortText | None = None


class AssetTemplate(Struct, frozen=True, gc=False, kw_only=True):
    """What a provider says of a template; what an event does not state stays as it was."""

    status: ShortText | None = None
    pause_until: Instant | None = None
    category: ShortText | None = None
    parameter_count: Annotated[int, Meta(ge=0)] | None = None
    quality: ShortText | None = None


class AssetRestriction(Struct, frozen=True, gc=False):
    """One thing that a provider no longer lets an account or sender do, and until when."""

    type: ShortText
    until: Instant | None = None


class AssetAccount(Struct, frozen=True, gc=False, kw_only=True):
    """What a provider says of a sender, account or portfolio; what an event does not state stays as it was."""

    state: ShortText | None = None
    restrictions: Annotated[tuple[AssetRestriction, ...], Meta(max_length=64)] | None = None
    messaging_limit: Annotated[int, Meta(ge=0)] | ShortText | None = None
    quality: ShortText | None = None


class AssetEvent(Struct, frozen=True, gc=False, kw_only=True):
    """The state of a template, sender, account or portfolio at its provider (`messaging.assets`)."""

    asset_event_id: Identifier
    kind: ShortText
    asset: AssetName
    occurred_at: Instant
    provider: ShortText | None = None
    template: AssetTemplate | None = None
    account: AssetAccount | None = None
