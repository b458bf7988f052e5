"""Everything about a person: opt-outs, consents, replies, and the judging of messages to them. Key = recipient.

One partition owns a recipient's messages, opt-outs, consents and replies together, so that they can't race. A turn is
what is done in one transaction: changes of global facts, then events, then messages whose time has come, then new ones.

Delivery: state, verdicts, evidence and positions are committed together. A redelivered message finds its ledger entry
and gets the same verdict; every other event is merged in a way that repetition does not change.
"""

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from pipeline.domain.events import Command, InboundMessage, ProviderEvent
from pipeline.domain.instants import to_text
from pipeline.domain.recipients import origin_keys, recipient_key
from pipeline.patterns.watch import Limits
from pipeline.providers.suppression import choice_in
from pipeline.replies.meaning import NOTHING, Meaning, meaning_of
from pipeline.state.choices import Kind, as_taken, choice_from, is_unconfirmed, within_calendar
from pipeline.state.enforcement import is_about_a_workspace
from pipeline.state.keys import REACHED, RECALLS, SWEEPS, WATCH_KEY, ledger_key, ledger_range
from pipeline.state.ledger import answers_repeats
from pipeline.state.rights import PERSON_COMMANDS, demand_from
from pipeline.state.rights import as_taken as demand_as_taken
from pipeline.topologies.answers import choices_in
from pipeline.topologies.contact_book import ContactBook
from pipeline.topologies.desk import Desk
from pipeline.topologies.endings import Endings
from pipeline.topologies.evidence_pages import page_outputs
from pipeline.topologies.global_facts import GlobalFacts, check_global_record
from pipeline.topologies.judging import Judging, usage_source
from pipeline.topologies.names import (
    ASSETS,
    COMMANDS,
    CONSENT,
    ENFORCEMENT,
    FORWARDED,
    INBOUND,
    OUTBOUND,
    OUTBOUND_PRIORITY,
    POLICIES,
    PROVIDER_EVENTS,
    SIGNALS,
    WORKSPACES,
)
from pipeline.topologies.outputs import dead_letter, origin_of, verdict_output
from pipeline.topologies.pattern_board import CAMPAIGN_KEYS, read_signal
from pipeline.topologies.recalls import Recalls
from pipeline.topologies.refusal_book import RefusalBook
from pipeline.topologies.register import Register
from pipeline.topologies.steps import Event, Output, Step
from pipeline.topologies.watching import PARTITION_LIMITS, Watches, Watching
from pipeline.topologies.withdrawals import Withdrawals, decode_entry
from pipeline.wire import (
    Undecodable,
    decode_command,
    decode_consent_event,
    decode_inbound_message,
    decode_outbound_message,
    decode_provider_event,
)

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")

_SENT: Final = ("sent", "delivered", "read")
"""States of a message at its provider that end what can be revoked. One that failed may be tried again."""


def require_names(field: str, *names: str) -> None:
    """Refuse what names nobody that a message could go to: an opt-out kept under a misspelt number stops nothing.

    :raises Undecodable: its producer can mend it; the dead letter says where it lies
    """
    for name in names:
        if not name.startswith("wa:") and not _E164.fullmatch(name):
            raise Undecodable(field, "is no number in international form (E.164)")


class Recipients:
    """The topology, as the engine hosts it."""

    name: Final = "recipients"
    state_topics: Final = (CONSENT, INBOUND, PROVIDER_EVENTS, COMMANDS, FORWARDED)
    message_topics: Final = (OUTBOUND_PRIORITY, OUTBOUND)
    global_topics: Final = (POLICIES, WORKSPACES, ENFORCEMENT, ASSETS, SIGNALS)

    def __init__(self, known: GlobalFacts, limits: Limits = PARTITION_LIMITS) -> None:
        """Take the global facts, which the engine fills through `absorb`.

        :param limits: how much the watch of a partition may hold
        """
        self.known = known
        self.watches = Watches(limits)

    def notices(self, event: Event) -> bool:
        """Tell whether each partition is to be told of a change, to revoke what it forbids."""
        if event.topic != SIGNALS:
            return True
        return event.record.value is not None and (event.record.key or b"").startswith(CAMPAIGN_KEYS.encode())

    def absorb(self, event: Event) -> None:
        """Take in a record of a global topic. What can't be read is reported by `Turn.change`, once."""
        try:
            self.known.absorb(event)
        except Undecodable:
            return

    def opened(self, partition: int) -> None:
        """Note that a partition has come: what its state says of its counts is true, whatever was known before."""
        self.watches.forget(partition)
        self.known.usage.forget(usage_source(partition))
        self.known.segments.forget(usage_source(partition))
        self.known.reach.forget(usage_source(partition))

    def turn(self, step: Step) -> "Turn":
        """Begin a transaction."""
        return Turn(self.known, step, self.watches)


class Turn:
    """What is done in one transaction of one partition."""

    def __init__(self, known: GlobalFacts, step: Step, watches: Watches) -> None:
        """Begin with nothing done."""
        self._desk = Desk(known, step)
        self._contacts = ContactBook(self._desk, usage_source(step.partition))
        self._withdrawals = Withdrawals(self._desk, self._contacts)
        self._recalls = Recalls(self._desk, self._withdrawals)
        self._watching = Watching(self._desk, watches, self._withdrawals, self._recalls)
        self._register = Register(self._desk, self._withdrawals, self._contacts, self._watching)
        self._refusals = RefusalBook(self._desk)
        self._endings = Endings(self._desk)
        self._judging = Judging(
            self._desk, self._register, self._contacts, self._refusals, self._endings, self._watching
        )

    # What the engine calls.

    def change(self, event: Event) -> None:
        """Answer a change of a global fact: withdraw what the workspace may not send any more."""
        if self._desk.partition == 0:
            try:
                check_global_record(event)
            except Undecodable as problem:
                self._desk.outputs.append(dead_letter(event, problem, self._desk.now_milliseconds))
        if event.topic == SIGNALS:
            self._desk.is_recorded = True
            self._recalls.answer(read_signal(event.record.value or b""))
        elif event.topic == ASSETS:
            self._withdrawals.for_asset((event.record.key or b"").decode("utf-8", "replace"))
        elif event.topic != POLICIES:
            workspace_id = (event.record.key or b"").decode("utf-8", "replace")
            self._withdrawals.sweep(workspace_id, ledger_range(workspace_id))

    def event(self, event: Event) -> None:
        """Take in one event of a person's topics; what can't be decoded becomes a dead letter."""
        topic = origin_of(event)[0] if event.topic == FORWARDED else event.topic
        try:
            self._takers.get(topic, Turn._take_unknown)(self, event)
        except Undecodable as problem:
            self._desk.outputs.append(dead_letter(event, problem, self._desk.now_milliseconds))

    def due(self, key: bytes) -> None:
        """Attend to a record whose time has come: go on with a walk, or judge a waiting message."""
        value = self._desk.state.get(key)
        if value is None:
            return
        self._desk.is_recorded = True
        if key == WATCH_KEY:
            self._watching.attend()
            return
        if key[:1] == RECALLS:
            self._recalls.go_on(key, value)
            return
        if key[:1] == SWEEPS:
            self._withdrawals.go_on(value)
            return
        if key[:1] == REACHED:
            self._contacts.leave(key, value)
            return
        entry = decode_entry(value)
        topic, partition, offset, times_judged = entry.origin
        message = decode_outbound_message(entry.event)
        origin = (topic, partition, offset)
        self._judging.judge(key, message, entry.recipient, entry.event, origin, times_judged, entry.has_reservation)

    def finish(self) -> Sequence[Output]:
        """Close the transaction: keep the counts, write the pages of evidence."""
        self._judging.keep_counts()
        self._watching.finish()
        if self._desk.is_recorded or self._desk.evidence or self._desk.outputs:
            self._desk.outputs += page_outputs(
                Recipients.name,
                self._desk.step,
                self._desk.evidence,
                self._desk.known.reader.lexicons_hash,
                self._watching.owner,
            )
        return self._desk.outputs

    # One method per topic.

    def _take_message(self, event: Event) -> None:
        value = event.record.value or b""
        message = decode_outbound_message(event.record.value)
        recipient = recipient_key(message.to)
        if self._desk.is_stray(event, recipient):
            return
        key = ledger_key(message.workspace_id or "", recipient, message.message_id)
        remembered = self._desk.state.get(key)
        entry = decode_entry(remembered) if remembered is not None else None
        if entry is not None and answers_repeats(entry, self._desk.now_milliseconds):
            answer = self._endings.answer(entry)
            decided_at = to_text(entry.decided_milliseconds)
            self._desk.outputs.append(
                verdict_output(recipient, entry.verdict_id, decided_at, answer, self._desk.partition)
            )
            return
        self._judging.judge(key, message, recipient, value, origin_of(event), 0, has_reservation=False)

    def _take_consent(self, event: Event) -> None:
        consent = decode_consent_event(event.record.value)
        require_names("$.to", recipient_key(consent.to))
        recipient = self._desk.recipient_of(event, (recipient_key(consent.to),))
        if recipient is None:
            return
        if is_unconfirmed(consent):
            return
        choice = as_taken(choice_from(consent), self._desk.now_milliseconds)
        if choice is None:
            raise Undecodable("$.occurred_at", "lies in the future, so it can't have happened")
        self._register.choose(event, recipient, consent.workspace_id, choice, "consent_event")
        self._register.tell_other_names(event, recipient)

    def _take_inbound(self, event: Event) -> None:
        inbound = decode_inbound_message(event.record.value)
        names = origin_keys(inbound.origin)
        if not names:
            raise Undecodable("$.from", "names neither a number nor a business-scoped id with its portfolio")
        require_names("$.from", *names)
        recipient = self._desk.recipient_of(event, names)
        if recipient is None:
            return
        workspaces = (
            [inbound.workspace_id]
            if inbound.workspace_id
            else self._desk.known.workspaces_with_sender(inbound.to or "")
        )
        at = min(within_calendar(inbound.received_at), self._desk.now_milliseconds)
        meaning = meaning_of(inbound.text) if inbound.text else NOTHING
        if not workspaces and meaning.intent == "opt_out":
            raise Undecodable("$.workspace_id", "missing, and no workspace owns the number that was written to")
        for other in names if recipient in names else ():  # a third name was told of it, and is no part of the proof
            if other != recipient:
                self._register.link(event, recipient, other)
        for workspace_id in workspaces:
            self._register.hear(event, recipient, workspace_id, inbound, at)
        if meaning.intent in ("opt_out", "opt_in"):
            self._take_choices(event, inbound, recipient, workspaces, meaning)
        self._register.tell_other_names(event, recipient)

    def _take_choices(
        self, event: Event, inbound: InboundMessage, recipient: str, workspaces: Sequence[str], meaning: Meaning
    ) -> None:
        """Take in what a reply chooses. One dated later than now would get a new time each time it comes."""
        received_milliseconds = within_calendar(inbound.received_at)
        is_late = received_milliseconds <= self._desk.now_milliseconds
        at = min(received_milliseconds, self._desk.now_milliseconds)
        settings = self._desk.known.policy_at(self._desk.now_milliseconds).policy.document.replies
        for workspace_id in workspaces:
            known = self._register.choices(recipient, workspace_id)
            for choice in choices_in(meaning, known, settings, at, inbound.inbound_id):
                if is_late or not self._register.has_taken(recipient, workspace_id, choice):
                    self._register.choose(event, recipient, workspace_id, choice, "inbound")

    def _take_provider_event(self, event: Event) -> None:
        report = decode_provider_event(event.record.value)
        recipient = self._desk.recipient_of(event, (recipient_key(report.to),))
        if recipient is None:
            return

        def find_sender() -> str | None:
            named = report.sender
            return named or self._withdrawals.sender_of(recipient, report.workspace_id, report.message_id)

        if report.kind == "status" and report.status in _SENT:
            if report.message_id is not None:
                self._withdrawals.note_sent(ledger_key(report.workspace_id or "", recipient, report.message_id))
            self._refusals.note_sent(recipient, report, find_sender)
            return
        sender = find_sender()
        self._refusals.note_refusal(recipient, report, sender)
        self._watching.note_report(recipient, report, sender or "")
        self._take_report(event, report, recipient, sender)

    def _take_report(self, event: Event, report: ProviderEvent, recipient: str, sender: str | None) -> None:
        """Take in what a provider says of a person: an opt-out, the end of consent, a switch of preferences."""
        choice = choice_in(report, sender, self._desk.now_milliseconds)
        if choice is None:
            return
        require_names("$.to", recipient)
        workspaces = (
            [report.workspace_id] if report.workspace_id else self._desk.known.workspaces_with_sender(sender or "")
        )
        if not workspaces and choice.kind in (Kind.WITHDRAWAL, Kind.END):
            raise Undecodable("$.workspace_id", "missing, and no workspace owns the sender that was used")
        is_dated = within_calendar(report.occurred_at) <= self._desk.now_milliseconds
        for workspace_id in workspaces:
            if is_dated or not self._register.has_taken(recipient, workspace_id, choice):
                self._register.choose(event, recipient, workspace_id, choice, "provider_event")
        self._register.tell_other_names(event, recipient)

    def _take_command(self, event: Event) -> None:
        command = decode_command(event.record.value)
        if command.subject.recipient is None:
            self._check_workspace_command(command)
            return
        require_names("$.subject.recipient", recipient_key(command.subject.recipient))
        recipient = self._desk.recipient_of(event, (recipient_key(command.subject.recipient),))
        if recipient is None:
            return
        if command.kind not in PERSON_COMMANDS:
            raise Undecodable("$.kind", "no command about a person that this version carries out")
        demand = demand_as_taken(demand_from(command), self._desk.now_milliseconds)
        if demand is None:
            raise Undecodable("$.occurred_at", "lies in the future, so it can't have happened")
        self._register.tell_other_names(event, recipient)  # before an erasure forgets them
        self._register.demand(event, recipient, demand)

    def _take_unknown(self, event: Event) -> None:
        raise Undecodable(
            "$", f"forwarded from a topic that is not about a person (partition {event.record.partition})"
        )

    _takers: ClassVar[dict[str, Callable[["Turn", Event], None]]] = {
        OUTBOUND: _take_message,
        OUTBOUND_PRIORITY: _take_message,
        CONSENT: _take_consent,
        INBOUND: _take_inbound,
        PROVIDER_EVENTS: _take_provider_event,
        COMMANDS: _take_command,
    }

    @staticmethod
    def _check_workspace_command(command: Command) -> None:
        """Commands about workspaces are the other topology's; this one records those that none carries out."""
        if command.subject.workspace_id is None:
            raise Undecodable("$.subject", "names neither a recipient nor a workspace")
        if not is_about_a_workspace(command):
            raise Undecodable("$.kind", "no command, or about a part of a workspace, that this version carries out")
