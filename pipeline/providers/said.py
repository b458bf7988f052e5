"""What a provider said, before it is one of our events: one value for each thing that a payload can report.

The modules of the provider families read payloads into these values; `drafts.py` writes them as events.
"""

from msgspec import Struct

from pipeline.providers.answers import PayloadKind
from pipeline.providers.persons import NOBODY, Person


class Inbound(Struct, frozen=True, kw_only=True):
    """A person wrote to the business."""

    person: Person
    to: str | None = None
    text: str | None = None
    type: str | None = None
    at: str | None = None
    id: str | None = None
    channel: str | None = None
    username: str | None = None
    portfolio_id: str | None = None
    phone_number_id: str | None = None
    opt_out_type: str | None = None
    flags: tuple[str, ...] = ()


class Status(Struct, frozen=True, kw_only=True):
    """What became of a message. `word` is as the provider writes it; `status`, where given, is ours already."""

    word: str | None = None
    status: str | None = None
    person: Person = NOBODY
    code: str | None = None
    title: str | None = None
    at: str | None = None
    id: str | None = None
    reference: str | None = None
    channel: str | None = None
    sender: str | None = None
    product: str | None = None
    flags: tuple[str, ...] = ()


class Switch(Struct, frozen=True, kw_only=True):
    """A person's choice as the provider keeps it: a `preference` or an `optout_event`, with its word."""

    kind: PayloadKind
    person: Person
    word: str | None
    at: str | None = None
    id: str | None = None
    channel: str | None = None
    sender: str | None = None
    code_title: str | None = None
    flags: tuple[str, ...] = ()


class Asset(Struct, frozen=True, kw_only=True):
    """The state of a template, number, account or portfolio. `state` goes under `template` or `account`."""

    kind: PayloadKind
    type: str
    id: str | None = None
    name: str | None = None
    language: str | None = None
    account_id: str | None = None
    event: str | None = None
    state: dict[str, object] = {}
    at: str | None = None
    event_id: str | None = None
    flags: tuple[str, ...] = ()


class Send(Struct, frozen=True, kw_only=True):
    """The business asks the provider to send one message to one person."""

    person: Person
    sender: str | None = None
    sender_type: str | None = None
    channel: str | None = None
    text: str | None = None
    type: str | None = None
    template: dict[str, object] | None = None
    media: tuple[dict[str, object], ...] = ()
    reference: str | None = None
    id: str | None = None
    send_at: str | None = None
    valid_until: str | None = None
    purpose: str | None = None
    flags: tuple[str, ...] = ()


class Complaint(Struct, frozen=True, kw_only=True):
    """Somebody complained about a message: to a carrier's spam number (7726), a regulator, a provider."""

    sender: str | None = None
    person: Person = NOBODY
    text: str | None = None
    at: str | None = None
    id: str | None = None
    source: str | None = None


class Nothing(Struct, frozen=True, kw_only=True):
    """A payload of a known kind that makes no event: a read receipt has no recipient, so no verdict is due."""

    kind: PayloadKind


Said = Inbound | Status | Switch | Asset | Send | Complaint | Nothing
