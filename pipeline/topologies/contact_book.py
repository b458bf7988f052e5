"""Who wrote to whom lately, as one turn reads and changes it: service windows, pair rates, caps, people reached.

It adds to a message's facts what only some messages need, and reads the state for none of the others.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pipeline.domain import events
from pipeline.domain.events import InboundMessage, OutboundMessage
from pipeline.domain.instants import to_datetime
from pipeline.domain.places import Place
from pipeline.domain.policies import Policy
from pipeline.domain.workspaces import Workspace
from pipeline.rules.facts import NOTHING_WRITTEN, Facts, ReachReading, WhatsAppFacts, Written
from pipeline.state.assets import UNLIMITED, Account, Template, meant_language, sender_key
from pipeline.state.contacts import (
    NO_CONTACTS,
    Contacts,
    Passed,
    hear,
    note_capped,
    over_milliseconds,
    take_out,
)
from pipeline.state.keys import contacts_key, contacts_range, end_of, reach_key, reached_key
from pipeline.state.ledger import Entry
from pipeline.state.reach import (
    NO_REACH,
    Reach,
    Reached,
    is_in_set,
    leave,
    note_passed,
    pair_free_milliseconds,
    take_place,
)
from pipeline.state.reach import take_out as take_out_of_reach
from pipeline.topologies.desk import Desk
from pipeline.topologies.facts_about import Surroundings
from pipeline.topologies.names import SIGNALS
from pipeline.topologies.reach_board import ReachReport
from pipeline.topologies.steps import Output
from pipeline.wire import encode

SILENT_TYPES = frozenset({"reaction", "system", "status", "call", "unsupported"})
"""Kinds of inbound events that open no service window: a message opens it (rules/whatsapp-rules.md). That a call does
so too is general knowledge there, so it is not counted on."""

WORKSPACES_MAX = 10_000
"""Workspaces that one recipient has written to and that a new name is told of."""

_decode_contacts = msgspec.msgpack.Decoder(Contacts).decode
_decode_reached = msgspec.msgpack.Decoder(Reached).decode
_decode_reach = msgspec.msgpack.Decoder(Reach).decode
_pack = msgspec.msgpack.Encoder().encode


class _Stated(NamedTuple):
    """What is stated of a message's sender and template: by its workspace, and by providers."""

    portfolio_id: str
    template: Template | None
    languages: tuple[str, ...]
    sender_states: tuple[Account, ...]
    limit: int | None


class ContactBook:
    """What a turn reads and changes of it."""

    def __init__(self, desk: Desk, source: str) -> None:
        """Work at a desk, counting under a partition's name."""
        self._desk = desk
        self._source = source
        self._counted: set[str] = set()
        self._loaded: set[str] = set()
        self._stated_of: dict[tuple[object, ...], _Stated] = {}

    # Facts.

    def gather(self, message: OutboundMessage, recipient: str, around: Surroundings, place: Place | None) -> Written:
        """Gather for a message what its channel, purpose and place ask for."""
        assets = self._desk.known.assets
        if message.channel == "whatsapp":
            return self._gather_whatsapp(message, recipient, around.workspace)
        states = assets.states_of(message.sender.type, message.sender.id, "")
        if self._is_capped(place, message, around.policy):
            return Written(self._contacts(recipient, message.workspace_id or ""), None, states)
        return Written(None, None, states) if states else NOTHING_WRITTEN

    def _gather_whatsapp(self, message: OutboundMessage, recipient: str, workspace: Workspace | None) -> Written:
        contacts = self._contacts(recipient, message.workspace_id or "")
        named = message.content.template
        stated = self._stated(message, named, workspace)
        reached = self._reached(stated.portfolio_id, recipient)
        takes_place = named is not None and not self._has_window(contacts, message)
        whatsapp = WhatsAppFacts(
            portfolio_id=stated.portfolio_id,
            template=stated.template,
            languages=stated.languages,
            reach=self._reach(stated.limit, reached) if takes_place else None,
            pair_free_milliseconds=pair_free_milliseconds(reached, message.sender.id, message.message_id)
            if reached.passed
            else 0,
            reached=reached,
        )
        return Written(contacts, whatsapp, stated.sender_states)

    def _stated(self, message: OutboundMessage, named: events.Template | None, workspace: Workspace | None) -> _Stated:
        """Give what a workspace and providers say of a message's sender and template: the same for a whole turn."""
        sender = message.sender
        key = (message.workspace_id, sender.type, sender.id, named and (named.name, named.language))
        found = self._stated_of.get(key)
        if found is None:
            assets = self._desk.known.assets
            portfolio_id = workspace.portfolio_of(sender.id) if workspace else ""
            templates = assets.languages_of(portfolio_id, named.name) if named else {}
            languages = tuple(sorted(templates))
            found = self._stated_of[key] = _Stated(
                portfolio_id,
                templates.get(meant_language(named.language, languages)) if named else None,
                languages,
                assets.states_of(sender.type, sender.id, portfolio_id),
                self._limit_of(workspace, portfolio_id),
            )
        return found

    def _has_window(self, contacts: Contacts, message: OutboundMessage) -> bool:
        return contacts.window_ends_milliseconds(message.sender.id) > self._desk.now_milliseconds

    @staticmethod
    def _is_capped(place: Place | None, message: OutboundMessage, policy: Policy) -> bool:
        caps = policy.frequency_caps
        if message.purpose not in caps.purposes or place is None:
            return False
        return bool(caps.caps_for(place.country, place.regions, message.channel, message.purpose))

    def _contacts(self, recipient: str, workspace_id: str) -> Contacts:
        stored = self._desk.state.get(contacts_key(recipient, workspace_id))
        return _decode_contacts(stored) if stored is not None else NO_CONTACTS

    def _reach(self, limit: int | None, reached: Reached) -> ReachReading | None:
        if limit is None or limit == UNLIMITED:
            return None
        self._load(reached.portfolio_id)
        now_milliseconds = self._desk.now_milliseconds
        has_place = reached.at_milliseconds > 0 and is_in_set(reached, now_milliseconds)
        return self._desk.known.reach.reading(reached.portfolio_id, limit, now_milliseconds, is_in_set=has_place)

    def _limit_of(self, workspace: Workspace | None, portfolio_id: str) -> int | None:
        """Give a portfolio's limit: as its provider states it, else as the workspace's record does."""
        limit = self._desk.known.assets.limit_of(portfolio_id)
        if limit is not None or workspace is None:
            return limit
        portfolio = workspace.record.portfolio
        return portfolio.messaging_limit if portfolio is not None and portfolio.id == portfolio_id else None

    # Changes.

    def hear(self, recipient: str, workspace_id: str, inbound: InboundMessage, at_milliseconds: int) -> bool:
        """Take in a reply by WhatsApp: it opens the service window of the number that was written to.

        Tells whether that is news.
        """
        if inbound.channel != "whatsapp" or not inbound.to or (inbound.type or "").lower() in SILENT_TYPES:
            return False
        known = self._contacts(recipient, workspace_id)
        heard = hear(known, inbound.to, at_milliseconds)
        if heard is known or over_milliseconds(heard) <= self._desk.now_milliseconds:
            return False
        self._keep(recipient, workspace_id, heard)
        return True

    def replies_of(self, recipient: str, other: str) -> Iterator[InboundMessage]:
        """Word what a recipient was heard of as replies of another name of the same person, to tell it to that name."""
        begin = contacts_range(recipient)
        for _key, value in list(self._desk.state.scan(begin, end_of(begin), WORKSPACES_MAX)):
            contacts = _decode_contacts(value)
            for heard in contacts.heard:
                yield InboundMessage(
                    inbound_id="window",
                    channel="whatsapp",
                    origin=other,
                    received_at=to_datetime(heard.at_milliseconds),
                    workspace_id=contacts.workspace_id,
                    to=heard.sender,
                )

    def note(self, facts: Facts, message: OutboundMessage, policy: Policy) -> None:
        """Note a message that was let pass, where something counts it."""
        if facts.contacts is None:
            return
        now_milliseconds = self._desk.now_milliseconds
        passed = Passed(now_milliseconds, message.message_id, sender_key(message.sender.id))
        if self._is_capped(facts.place, message, policy):
            self._keep(facts.recipient, message.workspace_id or "", note_capped(facts.contacts, passed))
        if facts.whatsapp is not None:
            known = facts.whatsapp.reached or Reached(facts.whatsapp.portfolio_id)
            reached = note_passed(known, passed)
            if facts.whatsapp.reach is not None:
                reached = take_place(reached, now_milliseconds, message.message_id)
            self._replace(facts.recipient, known, reached)

    def take_out(self, entry: Entry, workspace_id: str) -> None:
        """Take out a message that was let pass and is revoked: it was never sent, so it counts nowhere."""
        known = self._contacts(entry.recipient, workspace_id)
        left = take_out(known, entry.message_id)
        if left != known:
            self._keep(entry.recipient, workspace_id, left)
        workspace = self._desk.known.workspaces.get(workspace_id)
        if entry.channel == "whatsapp" and workspace is not None:
            reached = self._reached(workspace.portfolio_of(entry.sender), entry.recipient)
            taken_out = take_out_of_reach(reached, entry.message_id, self._desk.now_milliseconds)
            self._replace(entry.recipient, reached, taken_out)

    def erase(self, recipient: str, workspace_id: str) -> None:
        """Forget what a workspace's portfolios wrote to a recipient who was erased; the count goes along with it.

        Contacts are emptied with the other records about a person (`pipeline.state.keys.personal_ranges`).
        """
        workspace = self._desk.known.workspaces.get(workspace_id)
        for portfolio_id in sorted(workspace.portfolios) if workspace is not None else ():
            self._replace(recipient, self._reached(portfolio_id, recipient), Reached(portfolio_id))

    def leave(self, key: bytes, value: bytes) -> None:
        """Let a recipient leave the set of those that a portfolio has reached, now that its time has come."""
        reached = _decode_reached(value)
        if reached.at_milliseconds and not is_in_set(reached, self._desk.now_milliseconds):
            self._move(reached.portfolio_id, reached.at_milliseconds, -1)
            reached = leave(reached)
        self._put(key, reached)

    def keep_counts(self) -> None:
        """Write what was counted to the state and tell the other workers, at the end of the turn."""
        for portfolio_id in sorted(self._counted):
            reach = self._desk.known.reach.next_report(portfolio_id, self._source)
            self._desk.state.put(reach_key(portfolio_id), _pack(reach))
            report = ReachReport(subject="portfolio", portfolio_id=portfolio_id, source=self._source, reach=reach)
            self._desk.outputs.append(Output(SIGNALS, f"reach/{portfolio_id}/{self._source}".encode(), encode(report)))

    def _keep(self, recipient: str, workspace_id: str, contacts: Contacts) -> None:
        key = contacts_key(recipient, workspace_id)
        over = over_milliseconds(contacts)
        if over:
            self._desk.state.keep(key, _pack(replace(contacts, workspace_id=workspace_id)), over)
        else:
            self._desk.state.delete(key)

    # The set of those that a portfolio has reached.

    def _reached(self, portfolio_id: str, recipient: str) -> Reached:
        stored = self._desk.state.get(reached_key(portfolio_id, recipient))
        return _decode_reached(stored) if stored is not None else Reached(portfolio_id)

    def _replace(self, recipient: str, known: Reached, reached: Reached) -> None:
        """Put a recipient's record in place of the one before, and move the count along."""
        if known.at_milliseconds != reached.at_milliseconds:
            if known.at_milliseconds:
                self._move(known.portfolio_id, known.at_milliseconds, -1)
            if reached.at_milliseconds:
                self._move(reached.portfolio_id, reached.at_milliseconds, 1)
        if reached != known:
            self._put(reached_key(reached.portfolio_id, recipient), reached)

    def _put(self, key: bytes, reached: Reached) -> None:
        """Keep a record: with a place its time is to be attended to, without one it just ends."""
        over = reached.over_milliseconds
        if reached.at_milliseconds:
            self._desk.state.put(key, _pack(reached), over)
        elif over > self._desk.now_milliseconds:
            self._desk.state.keep(key, _pack(reached), over)
        else:
            self._desk.state.delete(key)

    def _move(self, portfolio_id: str, at_milliseconds: int, recipients: int) -> None:
        self._load(portfolio_id)
        self._desk.known.reach.move(portfolio_id, self._source, at_milliseconds, recipients)
        self._counted.add(portfolio_id)

    def _load(self, portfolio_id: str) -> None:
        """Take this partition's own count from its state when it is first needed."""
        if portfolio_id in self._loaded:
            return
        self._loaded.add(portfolio_id)
        if not self._desk.known.reach.knows(portfolio_id, self._source):
            stored = self._desk.state.get(reach_key(portfolio_id))
            self._desk.known.reach.restore(portfolio_id, self._source, _decode_reach(stored) if stored else NO_REACH)
