"""The consent register of one partition: what recipients chose, and the other names under which they are known."""

from collections.abc import Sequence
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
    has_same,
    merge,
    standing_withdrawal,
)
from pipeline.state.keys import RIGHTS, choices_key, choices_range, end_of, links_key, personal_ranges, rights_key
from pipeline.state.links import NO_LINKS, Links
from pipeline.state.links import merge as merge_links
from pipeline.state.rights import NO_RIGHTS, Demand, RightKind, Rights, command_from, erased_milliseconds
from pipeline.state.rights import merge as merge_rights
from pipeline.topologies.contact_book import ContactBook
from pipeline.topologies.desk import Desk
from pipeline.topologies.names import COMMANDS, CONSENT, INBOUND
from pipeline.topologies.outputs import is_from_other_name, origin_of, told_other_name
from pipeline.topologies.steps import Event, Output
from pipeline.topologies.watching import OPT_OUT_MILLISECONDS, Watching
from pipeline.topologies.withdrawals import Withdrawals
from pipeline.wire import encode

WORKSPACES_MAX: Final = 10_000
"""Workspaces that one recipient has made choices about and that a new name is told of."""

PERSONAL_MAX: Final = 10_000
"""Records of one kind about a person that an erasure deletes; there are a few."""

_decode_choices = msgspec.msgpack.Decoder(Choices).decode
_decode_rights = msgspec.msgpack.Decoder(Rights).decode
_decode_links = msgspec.msgpack.Decoder(Links).decode
_pack = msgspec.msgpack.Encoder().encode


class Register:
    """What a turn reads and changes of the register."""

    def __init__(self, desk: Desk, withdrawals: Withdrawals, contacts: ContactBook, watching: Watching) -> None:
        """Work at a desk; an opt-out withdraws what was let pass, and counts; a reply opens a window."""
        self._desk = desk
        self._watching = watching
        self._contacts = contacts
        self._withdrawals = withdrawals

    def choices(self, recipient: str, workspace_id: str) -> Choices:
        """Give what a recipient has chosen with regard to one workspace; empty when nothing is known."""
        stored = self._desk.state.get(choices_key(recipient, workspace_id))
        return _decode_choices(stored) if stored is not None else NO_CHOICES

    def rights(self, recipient: str) -> Rights:
        """Give what a recipient demanded as a data subject; empty when nothing was."""
        if not self._desk.holds_any(RIGHTS):
            return NO_RIGHTS
        stored = self._desk.state.get(rights_key(recipient))
        return _decode_rights(stored) if stored is not None else NO_RIGHTS

    def has_taken(self, recipient: str, workspace_id: str, choice: Choice) -> bool:
        """Tell whether an act is on record: one dated later than now would get a new time each time it comes."""
        known = self.choices(recipient, workspace_id).entries
        return any(entry.kind is choice.kind and entry.event_id == choice.event_id for entry in known)

    def choose(self, event: Event, recipient: str, workspace_id: str, choice: Choice, event_type: str) -> None:
        """Take in a choice; what is new is told to the other names, and an opt-out withdraws what was let pass.

        What is older than the erasure of the person is not taken in again. A choice that did not come as a consent
        event (a reply, a provider's report) is written to the ledger of consent, which is kept when those are gone.
        """
        if choice.occurred_milliseconds <= erased_milliseconds(self.rights(recipient), workspace_id):
            return
        known = self.choices(recipient, workspace_id)
        merged = replace(merge(known, (choice,)), workspace_id=workspace_id)
        if merged == known or has_same(known, choice):
            return
        self._desk.state.put(choices_key(recipient, workspace_id), _pack(merged))
        if is_from_other_name(event):
            # What is new here may be new to this name's other names too; where it is known the telling ends.
            for other in self._other_names(recipient):
                told = encode(event_from(choice, workspace_id, other))
                self._desk.outputs.append(told_other_name(CONSENT, event, other.encode(), told))
        if event_type != "consent_event" and not is_from_other_name(event):
            ledgered = encode(event_from(choice, workspace_id, recipient))
            self._desk.outputs.append(Output(CONSENT, recipient.encode(), ledgered))
        if choice.kind not in (Kind.WITHDRAWAL, Kind.END):
            return
        if choice.kind is Kind.WITHDRAWAL and not is_from_other_name(event) and not _has_one_near(known, choice):
            self._watching.note_opt_out(recipient, workspace_id, choice.occurred_milliseconds)
        self._withdrawals.for_choice(recipient, workspace_id, merged, choice, event_type)

    def hear(self, event: Event, recipient: str, workspace_id: str, inbound: InboundMessage, at: int) -> None:
        """Take in a reply, which may open a service window; what is new is told to the other names.

        :param at: when it was received, in milliseconds since 1970 (UTC)
        """
        if not is_from_other_name(event):
            self._watching.note_reply(recipient, workspace_id, inbound, at)
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
        for demand in self.rights(recipient).demands:
            told = encode(command_from(demand, other))
            self._desk.outputs.append(told_other_name(COMMANDS, event, other.encode(), told))
        begin = choices_range(recipient)
        for _key, value in list(self._desk.state.scan(begin, end_of(begin), WORKSPACES_MAX)):
            choices = _decode_choices(value)
            for choice in choices.entries:
                told = encode(event_from(choice, choices.workspace_id, other))
                self._desk.outputs.append(told_other_name(CONSENT, event, other.encode(), told))
        for reply in self._contacts.replies_of(recipient, other):
            self._desk.outputs.append(told_other_name(INBOUND, event, other.encode(), encode(reply)))

    def demand(self, event: Event, recipient: str, demand: Demand) -> None:
        """Take in what a person demands as a data subject: stop what it forbids, and forget what is to be erased."""
        known = self.rights(recipient)
        merged = merge_rights(known, demand)
        if merged == known:
            return
        self._desk.state.put(rights_key(recipient), _pack(merged))
        self._desk.note_held(RIGHTS)
        if is_from_other_name(event):
            for other in self._other_names(recipient):
                told = encode(command_from(demand, other))
                self._desk.outputs.append(told_other_name(COMMANDS, event, other.encode(), told))
        if not demand.is_made:
            return
        for workspace_id in self._workspaces_of(recipient, demand):
            self._withdrawals.for_demand(recipient, workspace_id, self.choices(recipient, workspace_id), merged, demand)
            if demand.kind is RightKind.ERASURE:
                self._erase(recipient, workspace_id, demand.occurred_milliseconds)
        if demand.kind is RightKind.ERASURE and not demand.workspace_id:
            self._empty(personal_ranges(recipient))

    def _workspaces_of(self, recipient: str, demand: Demand) -> list[str]:
        """Name the workspaces that a demand is about: those that are known, and those that the person chose about."""
        if demand.workspace_id:
            return [demand.workspace_id]
        begin = choices_range(recipient)
        chosen = self._desk.state.scan(begin, end_of(begin), WORKSPACES_MAX)
        return sorted({*self._desk.known.workspaces, *(_decode_choices(value).workspace_id for _, value in chosen)})

    def _erase(self, recipient: str, workspace_id: str, erased_milliseconds: int) -> None:
        """Forget judged messages and every choice up to the erasure; withdrawals too, as it stops all that they did."""
        self._withdrawals.forget(recipient, workspace_id)
        self._watching.erase(recipient, workspace_id)
        self._empty(personal_ranges(recipient, workspace_id))
        self._contacts.erase(recipient, workspace_id)
        newer = tuple(
            choice
            for choice in self.choices(recipient, workspace_id).entries
            if choice.occurred_milliseconds > erased_milliseconds
        )
        key = choices_key(recipient, workspace_id)
        if newer:
            self._desk.state.put(key, _pack(Choices(newer, workspace_id)))
        else:
            self._desk.state.delete(key)

    def _empty(self, begins: Sequence[bytes]) -> None:
        for begin in begins:
            for key, _ in list(self._desk.state.scan(begin, end_of(begin), PERSONAL_MAX)):
                self._desk.state.delete(key)

    def tell_other_names(self, event: Event, recipient: str) -> None:
        """Send an event on to the other names of its person, unless it has come that way."""
        if is_from_other_name(event):
            return
        for other in self._other_names(recipient):
            self._desk.outputs.append(told_other_name(origin_of(event)[0], event, other.encode(), event.record.value))

    def _other_names(self, recipient: str) -> tuple[str, ...]:
        stored = self._desk.state.get(links_key(recipient))
        return _decode_links(stored).keys if stored is not None else ()


def _has_one_near(known: Choices, withdrawal: Choice) -> bool:
    """Tell whether the person opted out within a day of it: in whatever order such are read, they count once."""
    return any(
        entry.kind is Kind.WITHDRAWAL
        and abs(entry.occurred_milliseconds - withdrawal.occurred_milliseconds) < OPT_OUT_MILLISECONDS
        for entry in known.entries
    )
