"""Events, workspaces, facts and policies with sensible defaults, for tests of rules and topologies.

Everything fits together: the default message, judged by the default facts under the default policy, is allowed.
A change is given as it would stand on the wire or as a value: `build_message(purpose="marketing", actor=None)`.
"""

from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from pipeline.domain.events import AssetEvent, Command, ConsentEvent, InboundMessage, OutboundMessage, ProviderEvent
from pipeline.domain.instants import from_text, to_text
from pipeline.domain.numbers import read_number
from pipeline.domain.places import place_of
from pipeline.domain.policies import Policy, parse_policy
from pipeline.domain.recipients import recipient_key
from pipeline.domain.verdicts import Seen
from pipeline.domain.workspaces import Member, Workspace, WorkspaceRecord
from pipeline.domain.workspaces import build_workspace as index_workspace
from pipeline.rules.facts import Facts, RateReading, WhatsAppFacts
from pipeline.state.assets import Template
from pipeline.state.choices import Choice, Choices, Kind, Target, choice_from, merge
from pipeline.state.contacts import NO_CONTACTS
from pipeline.state.rights import NO_RIGHTS

_Value = TypeVar("_Value")

NOW_TEXT: Final = "2026-11-24T15:00:00.000Z"
NOW: Final = from_text(NOW_TEXT)
"""The clock of all defaults, in milliseconds since 1970: a Tuesday, 15:00 in London, 10:00 in New York."""

SECOND: Final = 1_000
MINUTE: Final = 60_000
HOUR: Final = 3_600_000
DAY: Final = 86_400_000

WORKSPACE_ID: Final = "ws-1"
RECIPIENT: Final = "+447700900123"
"""A number that Ofcom reserves for drama: nobody has it."""
SENDER: Final = "+447700900111"
WHATSAPP_SENDER: Final = "+447700900222"
PORTFOLIO_ID: Final = "pf-1"


def instant(shift_milliseconds: int = 0) -> str:
    """Write the default clock's time, moved by some milliseconds, as it stands in an event."""
    return to_text(NOW + shift_milliseconds)


def _build(kind: type[_Value], defaults: dict[str, object], changes: dict[str, object]) -> _Value:
    """Make a value of an event type; what the type would refuse on the wire is refused here."""
    return msgspec.convert(defaults | changes, kind)


def build_message(**changes: object) -> OutboundMessage:
    """Build a message that is allowed: an order update by SMS from `WORKSPACE_ID` to `RECIPIENT`, or a code."""
    is_code = changes.get("purpose") == "authentication"
    told = "your code is 4471." if is_code else "your order leaves our shop today."
    defaults: dict[str, object] = {
        "message_id": "m-1",
        "workspace_id": WORKSPACE_ID,
        "channel": "sms",
        "to": RECIPIENT,
        "sender": {"type": "phone_number", "id": SENDER},
        "purpose": "utility",
        "content": {"type": "text", "text": f"Sunny Bakery: {told} Reply STOP to end."},
        "requested_at": NOW_TEXT,
        "actor": {"type": "integration", "id": "key-1"},
    }
    return _build(OutboundMessage, defaults, changes)


def build_whatsapp(**changes: object) -> OutboundMessage:
    """Build a message that is allowed: an order update by a WhatsApp template from `WORKSPACE_ID` to `RECIPIENT`."""
    defaults: dict[str, object] = {
        "channel": "whatsapp",
        "sender": {"type": "whatsapp_number", "id": WHATSAPP_SENDER},
        "content": {
            "type": "template",
            "text": "Your order has been packed and leaves our shop today.",
            "template": {"name": "order_update", "language": "en", "category": "utility"},
        },
    }
    return build_message(**(defaults | changes))


def build_asset_event(**changes: object) -> AssetEvent:
    """Build a provider's statement that the template of `build_whatsapp` is approved."""
    defaults: dict[str, object] = {
        "asset_event_id": "a-1",
        "provider": "meta",
        "occurred_at": instant(-DAY),
        "kind": "template_status",
        "asset": {"type": "template", "portfolio_id": PORTFOLIO_ID, "name": "order_update", "language": "en"},
        "template": {"category": "utility", "status": "APPROVED", "quality": "GREEN"},
    }
    return _build(AssetEvent, defaults, changes)


def build_consent(**changes: object) -> ConsentEvent:
    """Build a consent event: express written consent of `RECIPIENT` to everything, given twenty days ago."""
    given = instant(-20 * DAY)
    defaults: dict[str, object] = {
        "consent_event_id": "c-1",
        "workspace_id": WORKSPACE_ID,
        "to": RECIPIENT,
        "action": "opt_in",
        "scope": {},
        "basis": "express_written",
        "method": "web_form",
        "occurred_at": given,
        "recorded_at": given,
    }
    return _build(ConsentEvent, defaults, changes)


def build_inbound(**changes: object) -> InboundMessage:
    """Build a reply of `RECIPIENT` that says nothing special; `origin` is called `from` on the wire."""
    defaults: dict[str, object] = {
        "inbound_id": "in-1",
        "workspace_id": WORKSPACE_ID,
        "channel": "sms",
        "from": RECIPIENT,
        "to": SENDER,
        "type": "text",
        "text": "Thank you",
        "received_at": NOW_TEXT,
    }
    if "origin" in changes:
        changes["from"] = changes.pop("origin")
    return _build(InboundMessage, defaults, changes)


def build_provider_event(**changes: object) -> ProviderEvent:
    """Build a provider's report that the default message was sent."""
    defaults: dict[str, object] = {
        "provider_event_id": "p-1",
        "kind": "status",
        "provider": "twilio",
        "to": RECIPIENT,
        "occurred_at": NOW_TEXT,
        "workspace_id": WORKSPACE_ID,
        "message_id": "m-1",
        "status": "sent",
    }
    return _build(ProviderEvent, defaults, changes)


def build_command(**changes: object) -> Command:
    """Build a command: an officer suspends `WORKSPACE_ID`."""
    defaults: dict[str, object] = {
        "command_id": "cmd-1",
        "kind": "suspend",
        "subject": {"workspace_id": WORKSPACE_ID},
        "actor": {"type": "officer", "id": "o-1"},
        "occurred_at": NOW_TEXT,
    }
    return _build(Command, defaults, changes)


def build_record(**changes: object) -> WorkspaceRecord:
    """Build a workspace's record: active, with two members, one integration, and a plan that is large enough."""
    defaults: dict[str, object] = {
        "workspace_id": WORKSPACE_ID,
        "state": "active",
        "name": "Sunny Bakery",
        "country": "GB",
        "plan": {"messages_per_second": 1_000, "messages_per_day": 1_000_000},
        "members": [{"id": "u-1", "scopes": ["*"]}, {"id": "u-2", "role": "administrator", "scopes": ["*"]}],
        "integrations": [{"id": "key-1", "scopes": ["*"]}],
        "senders": [{"type": "phone_number", "id": SENDER, "country": "GB"}],
        "privacy_notice_url": "https://sunnybakery.example/privacy",
    }
    return _build(WorkspaceRecord, defaults, changes)


def build_workspace(position: int = 0, /, **changes: object) -> Workspace:
    """Build a workspace as rules see it; the changes are those of its record.

    :param position: offset of the record on `platform.workspaces`
    """
    return index_workspace(build_record(**changes), position)


def build_choice(kind: Kind = Kind.GRANT, shift_milliseconds: int = -20 * DAY, /, **changes: object) -> Choice:
    """Build a choice of everything, made `shift_milliseconds` from now; a change names a field of `Choice`."""
    at = NOW + shift_milliseconds
    basis = "express_written" if kind in {Kind.GRANT, Kind.IMPORTED} else ""
    choice = Choice(kind, "*", "*", "*", "*", basis, at, at, f"{kind.name.lower()}-{at}")
    return replace(choice, **changes)


def build_choices(*choices: Choice) -> Choices:
    """Build what a recipient has chosen with regard to `WORKSPACE_ID`; without choices, the default consent."""
    return merge(Choices(workspace_id=WORKSPACE_ID), choices or (choice_from(build_consent()),))


def build_facts(message: OutboundMessage | None = None, /, **changes: object) -> Facts:
    """Build the facts under which a message is allowed: its workspace is in order, and its recipient has consented.

    :param message: the message that number, place and actor are taken from; the default one if left out
    """
    message = message or build_message()
    workspace = changes.get("workspace", build_workspace())
    number = read_number(message.to) if isinstance(message.to, str) else None
    facts = Facts(
        now_milliseconds=NOW,
        recipient=recipient_key(message.to),
        target=Target(message.channel, message.purpose, message.sender.id, message.brand or ""),
        workspace=None,
        actor=_actor_of(message, workspace),
        enforcement=None,
        choices=build_choices(),
        rights=NO_RIGHTS,
        number=number,
        place=place_of(number, None, None, None) if number else None,
        rates=(RateReading("second", 1_000, 0, 0), RateReading("day", 1_000_000, 0, 0)),
        has_reservation=False,
        spread=0.0,
        verdict_id="v-1",
        seen=Seen(0, 0, 0, 0, 0, 0, 0, -1),
    )
    if message.channel == "whatsapp":
        template = Template(status="APPROVED", category="UTILITY") if message.content.template else None
        whatsapp = WhatsAppFacts(PORTFOLIO_ID, template, ("en",) if template else (), None)
        changes = {"contacts": NO_CONTACTS, "whatsapp": whatsapp} | changes
    return replace(facts, **({"workspace": workspace} | changes))


def _actor_of(message: OutboundMessage, workspace: object) -> Member | None:
    if message.actor is None or not isinstance(workspace, Workspace):
        return None
    return workspace.actor(message.actor.type, message.actor.id)


def build_policy(document: str = "", *, version: str = "test-1", effective_at: str = NOW_TEXT) -> Policy:
    """Build a policy that says nothing but what every policy says, and what `document` adds in TOML.

    :param document: further settings; top-level keys before tables
    :param effective_at: RFC 3339, as TOML writes it
    :raises PolicyError: `document` does not make a policy
    """
    return parse_policy(policy_document(document, version=version, effective_at=effective_at))


def policy_document(document: str = "", *, version: str = "test-1", effective_at: str = NOW_TEXT) -> str:
    """Write the text of such a policy, as it is published."""
    return f'version = "{version}"\neffective_at = {effective_at}\n{document}'
