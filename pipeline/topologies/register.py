"""The consent register of one partition: what recipients chose, and the other names under which they are known."""

from typing import Final

import msgspec
from msgspec.structs import replace

from pipeline.domain.events import InboundMessage
from pipeline.state.choices import (
    NO_CHOICES,
    Choice,
    Choices,
    Kind,
    Target,
    confirm,
    event_from,
    merge,
    standing_withdrawal,
)
from pipeline.state.keys import choices_key, choices_range, end_of, links_key
from pipeline.state.links import NO_LINKS, Links
from pipeline.state.links import merge as merge_links
from pipeline.topologies.contact_book import ContactBook
from pipeline.topologies.desk import Desk
from pipeline.topologies.names import CONSENT, INBOUND
from pipeline.topologies.outputs import is_from_other_name, origin_of, told_other_name
from pipeline.topologies.steps import Event
from pipeline.topologies.withdrawals import Withdrawals
from pipeline.wire import encode

WORKSPACES_MAX: Final = 10_000
"""Workspaces that one recipient has made choices about and that a new name is told of."""

_decode_choices = msgspec.msgpack.Decoder(Choices).decode
_decode_links = msgspec.msgpack.Decoder(Links).decode
_pack = msgspec.msgpack.Encoder().encode


class Register:
    """What a turn reads and changes of the register."""

    def __init__(self, desk: Desk, withdrawals: Withdrawals, contacts: ContactBook) -> None:
        """Work at a desk; an opt-out withdraws what was let pass, a reply opens a window."""
        self._desk = desk
        self._contacts = contacts
        self._withdrawals = withdrawals

    def choices(self, recipient: str, workspace_id: str) -> Choices:
        """Give what a recipient has chosen with regard to one workspace; empty when nothing is known."""
        stored = self._desk.state.get(choices_key(recipient, workspace_id))
        return _decode_choices(stored) if stored is not None else NO_CHOICES

    def has_taken(self, recipient: str, workspace_id: str, choice: Choice) -> bool:
        """Tell whether an act is on record: one dated later than now would get a new time each time it comes."""
        known = self.choices(recipient, workspace_id).entries
        return any(entry.kind is choice.kind and entry.event_id == choice.event_id for entry in known)

    def choose(self, event: Event, recipient: str, workspace_id: str, choice: Choice, event_type: str) -> None:
        """Take in a choice; what is new is told to the other names, and an opt-out withdraws what was let pass."""
        known = self.choices(recipient, workspace_id)
        merged = replace(merge(known, (choice,)), workspace_id=workspace_id)
        if merged == known:
            return
        self._desk.state.put(choices_key(recipient, workspace_id), _pack(merged))
        if is_from_other_name(event):
            # What is new here may be new to this name's other names too; where it is known the telling ends.
            for other in self._other_names(recipient):
                told = encode(event_from(choice, workspace_id, other))
                self._desk.outputs.append(told_other_name(CONSENT, event, other.encode(), told))
        if choice.kind is not Kind.WITHDRAWAL:
            return
        self._withdrawals.for_choice(recipient, workspace_id, merged, choice, event_type)

    def hear(self, event: Event, recipient: str, workspace_id: str, inbound: InboundMessage, at: int) -> None:
        """Take in a reply, which may open a service window; what is new is told to the other names.

        :param at: when it was received, in milliseconds since 1970 (UTC)
        """
        if self._contacts.hear(recipient, workspace_id, inbound, at) and is_from_other_name(event):
            # As with choices: the telling ends where it is known.
            for other in self._other_names(recipient):
                told = encode(replace(inbound, origin=other, workspace_id=workspace_id, text=None))
                self._desk.outputs.append(told_other_name(INBOUND, event, other.encode(), told))

    def note_confirmation(
        self, recipient: str, workspace_id: str, target: Target, choices: Choices, message_id: str
    ) -> None:
        """Note that the one confirmation of an opt-out was used: a message passed though its recipient opted out."""
        withdrawal = standing_withdrawal(choices, target)
        if withdrawal is not None:
            confirmed = confirm(choices, withdrawal, message_id)
            self._desk.state.put(choices_key(recipient, workspace_id), _pack(confirmed))

    def link(self, event: Event, recipient: str, other: str) -> None:
        """Record another name of a recipient, and tell that name what this one has chosen and said so far."""
        stored = self._desk.state.get(links_key(recipient))
        known = _decode_links(stored) if stored is not None else NO_LINKS
        linked = merge_links(known, other)
        if linked == known:
            return
        self._desk.state.put(links_key(recipient), _pack(linked))
        begin = choices_range(recipient)
        for _key, value in list(self._desk.state.scan(begin, end_of(begin), WORKSPACES_MAX)):
            choices = _decode_choices(value)
            for choice in choices.entries:
                told = encode(event_from(choice, choices.workspace_id, other))
                self._desk.outputs.append(told_other_name(CONSENT, event, other.encode(), told))
        for reply in self._contacts.replies_of(recipient, other):
            self._desk.outputs.append(told_other_name(INBOUND, event, other.encode(), encode(reply)))

    def tell_other_names(self, event: Event, recipient: str) -> None:
        """Send an event on to the other names of its person, unless it has come that way."""
        if is_from_other_name(event):
            return
        for other in self._other_names(recipient):
            self._desk.outputs.append(told_other_name(origin_of(event)[0], event, other.encode(), event.record.value))

    def _other_names(self, recipient: str) -> tuple[str, ...]:
        stored = self._desk.state.get(links_key(recipient))
        return _decode_links(stored).keys if stored is not None else ()
