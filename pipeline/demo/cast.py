"""The workspaces of the demo and the events about them, in the form that producers write. All names are made up."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.demo.places import Person
from pipeline.domain.instants import to_text
from pipeline.topologies import names
from pipeline.wire import encode

SENDER = "+447700900999"
DAY_MILLISECONDS = 86_400_000


class Actor(NamedTuple):
    """Who sends, and with which rights."""

    type: str
    id: str
    scopes: tuple[str, ...] = ("*",)


KEY = Actor("integration", "key-main")
REPORTS_KEY = Actor("integration", "key-reports", ("purpose:utility",))
MEMBER = Actor("member", "kim")
STRANGER = Actor("member", "nobody-knows")


class Workspace(NamedTuple):
    """A workspace: its id, its name, the state that the platform has put it in, its plan, and what it may do besides.

    `customers_awake` recipients may get marketing at this hour.
    """

    id: str
    name: str
    state: str = "active"
    messages_per_second: int = 100_000
    customers_awake: int = 18
    authorities: tuple[str, ...] = ()


BAKERY = Workspace("ws-bakery", "Sunny Bakery")
BANK = Workspace("ws-bank", "Northern Bank", customers_awake=90)
COURIER = Workspace("ws-courier", "Swift Parcel")
BOOKS = Workspace("ws-books", "Harbour Books", state="warned")
SHOP = Workspace("ws-shop", "Corner Shop", messages_per_second=5)
STAR = Workspace("ws-star", "Lucky Star", authorities=("resale",))
DEALS = Workspace("ws-deals", "Bright Deals")
CAST = (BAKERY, BANK, COURIER, BOOKS, SHOP, STAR, DEALS)
UNKNOWN = Workspace("ws-unknown", "a workspace that nobody has published")


class Awaited(NamedTuple):
    """What must have come out before the stream goes on: a message's `verdict` or its `revocation`."""

    kind: str
    message_id: str


class DemoEvent(NamedTuple):
    """One event to be produced.

    `value` is JSON; `at_milliseconds` (since 1970) is when it is due. Before the next event the broker must have
    acknowledged this one if `is_acknowledged`, and everything in `awaited` must have come out. `message` is the value
    of a message, `label` its corpus's word for the text; `story` says in words what happens, where somebody watches.
    """

    at_milliseconds: int
    topic: str
    key: str
    value: bytes
    is_acknowledged: bool = True
    awaited: tuple[Awaited, ...] = ()
    message: Mapping[str, Any] | None = None
    label: str = ""
    story: str = ""


class Names(NamedTuple):
    """How ids are written: `suffix` keeps one run's workspaces apart from another's on the same topics."""

    suffix: str = ""

    def of(self, workspace: Workspace) -> str:
        """Give a workspace's id in this run."""
        return workspace.id + self.suffix


def workspace_event(ids: Names, workspace: Workspace, at: int, *, is_member_active: bool = True) -> DemoEvent:
    """Publish a workspace as the platform states it."""
    workspace_id = ids.of(workspace)
    member_state = {"state": "active"} if is_member_active else {"state": "removed", "removed_at": to_text(at)}
    record = {
        "workspace_id": workspace_id,
        "name": workspace.name,
        "country": "GB",
        "state": workspace.state,
        "plan": {
            "messages_per_second": workspace.messages_per_second,
            "messages_per_day": 1_000_000,
            "countries": ["*"],
        },
        "members": [{"id": MEMBER.id, "role": "member", "scopes": ["*"], **member_state}],
        "integrations": [{"id": key.id, "state": "active", "scopes": list(key.scopes)} for key in (KEY, REPORTS_KEY)],
        "senders": [{"type": "phone_number", "id": SENDER, "country": "GB"}],
        "privacy_notice_url": "https://sunnybakery.example/privacy",
        "authorities": list(workspace.authorities),
    }
    return DemoEvent(at, names.WORKSPACES, workspace_id, encode(record))


def consent_event(  # noqa: PLR0913 - what makes up a consent
    ids: Names,
    workspace: Workspace,
    person: Person,
    at: int,
    *,
    days_ago: int = 20,
    basis: str = "express_written",
    expires_in_days: int | None = None,
) -> DemoEvent:
    """Record a recipient's consent to everything from one workspace."""
    given = to_text(at - days_ago * DAY_MILLISECONDS)
    event: dict[str, Any] = {
        "consent_event_id": f"consent-{ids.of(workspace)}-{person.number}",
        "workspace_id": ids.of(workspace),
        "to": person.number,
        "action": "opt_in",
        "scope": {"channel": "*", "purpose": "*", "sender": "*", "brand": "*"},
        "basis": basis,
        "method": "web_form",
        "occurred_at": given,
        "recorded_at": given,
    }
    if expires_in_days is not None:
        event["expires_at"] = to_text(at + expires_in_days * DAY_MILLISECONDS)
    return DemoEvent(at, names.CONSENT, person.number, encode(event), is_acknowledged=False)


def stop_event(ids: Names, workspace: Workspace, person: Person, at: int, number: int) -> DemoEvent:
    """Let a recipient reply STOP to a workspace."""
    event = {
        "inbound_id": f"reply-{number}{ids.suffix}",
        "workspace_id": ids.of(workspace),
        "channel": "sms",
        "from": person.number,
        "to": SENDER,
        "type": "text",
        "text": "STOP",
        "received_at": to_text(at),
    }
    return DemoEvent(at, names.INBOUND, person.number, encode(event))


def suspend_event(ids: Names, workspace: Workspace, at: int) -> DemoEvent:
    """Let an officer suspend a workspace."""
    event = {
        "command_id": f"suspend-{ids.of(workspace)}",
        "kind": "suspend",
        "subject": {"workspace_id": ids.of(workspace)},
        "actor": {"type": "officer", "id": "officer-1"},
        "reason": "complaints about its messages",
        "occurred_at": to_text(at),
    }
    return DemoEvent(at, names.COMMANDS, ids.of(workspace), encode(event))


def message_event(  # noqa: PLR0913 - what makes up a message
    ids: Names,
    message_id: str,
    workspace: Workspace,
    person: Person,
    text: str,
    at: int,
    *,
    purpose: str,
    actor: Actor | None = KEY,
    label: str = "",
) -> DemoEvent:
    """Let a workspace ask to send a message. Its fields are not acknowledged one by one: messages go out in batches."""
    message: dict[str, Any] = {
        "message_id": message_id,
        "workspace_id": ids.of(workspace),
        "channel": "sms",
        "to": person.number,
        "sender": {"type": "phone_number", "id": SENDER},
        "purpose": purpose,
        "content": {"type": "text", "text": text},
        "requested_at": to_text(at),
    }
    if actor is not None:
        message["actor"] = {"type": actor.type, "id": actor.id}
    if person.facts:
        message["recipient"] = person.facts
    topic = names.OUTBOUND_PRIORITY if purpose == "authentication" else names.OUTBOUND
    value = encode(message)
    return DemoEvent(at, topic, person.number, value, is_acknowledged=False, message=message, label=label)
