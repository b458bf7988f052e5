"""Everything about a person: opt-outs, consents, replies, and the judging of messages to them. Key = recipient.

One partition owns a recipient's messages, opt-outs, consents and replies together, so that they can't race. A turn is
what is done in one transaction: changes of global facts, then events, then messages whose time has come, then new ones.

Delivery: state, verdicts, evidence and positions are committed together. A redelivered message finds its ledger entry
and gets the same verdict; every other event is merged in a way that repetition does not change.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pipeline.domain.events import Command, OutboundMessage
from pipeline.domain.instants import to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.recipients import origin_keys, recipient_key
from pipeline.domain.verdicts import Finding, Seen, Verdict
from pipeline.domain.workspaces import Workspace
from pipeline.inspection import inspect
from pipeline.reading.content import read_content
from pipeline.replies.keywords import intent_of
from pipeline.state.choices import (
    NO_CHOICES,
    Choice,
    Choices,
    Kind,
    Target,
    choice_from,
    confirm,
    event_from,
    merge,
    standing_withdrawal,
    within_calendar,
)
from pipeline.state.enforcement import INCIDENT_COMMANDS, STATE_BY_COMMAND, Enforcement
from pipeline.state.keys import (
    choices_key,
    choices_range,
    end_of,
    ledger_key,
    ledger_range,
    links_key,
    sweep_key,
    usage_key,
)
from pipeline.state.ledger import Entry, Standing, answers_repeats, due_milliseconds, is_revocable, mark_sent, revoke
from pipeline.state.links import NO_LINKS, Links
from pipeline.state.links import merge as merge_links
from pipeline.state.usage import HORIZON_SECONDS, REPORTS_PER_SECOND, Usage
from pipeline.topologies.evidence_pages import EvidenceEntry, digest, page_outputs
from pipeline.topologies.facts_about import Origin, facts_about
from pipeline.topologies.global_facts import GlobalFacts, check_global_record
from pipeline.topologies.names import (
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
from pipeline.topologies.outputs import (
    dead_letter,
    forwarded,
    is_from_other_name,
    issued,
    origin_of,
    revoked,
    told_other_name,
    verdict_output,
)
from pipeline.topologies.revoking import (
    Cause,
    cause_in_actor,
    cause_in_choice,
    cause_in_workspace,
    revocation,
    target_of,
)
from pipeline.topologies.steps import Event, Output, Step
from pipeline.topologies.usage_board import UsageReport
from pipeline.wire import (
    Undecodable,
    decode_command,
    decode_consent_event,
    decode_inbound_message,
    decode_outbound_message,
    decode_provider_event,
    encode,
)

SWEEP_ENTRIES_MAX: Final = 500
"""How many judged messages are looked at in one transaction when a workspace changes; the walk then goes on."""

REVOKED_MAX: Final = 50_000
"""Judged messages of one recipient and workspace that an opt-out looks at; more in the time of a lease is no person."""

CLOCK_SKEW_MILLISECONDS: Final = 300_000
"""How far in the future an act may lie before it is disbelieved: what producers' clocks may differ by."""

PERSON_COMMANDS: Final = ()
"""Commands about a person that this version carries out: none yet (clause 7.2 comes with the data-subject rights)."""

_SENT: Final = ("sent", "delivered", "read")
"""States of a message at its provider that end what can be revoked. One that failed may be tried again."""

_decode_choices = msgspec.msgpack.Decoder(Choices).decode
_decode_entry = msgspec.msgpack.Decoder(Entry).decode
_decode_links = msgspec.msgpack.Decoder(Links).decode
_decode_usage = msgspec.msgpack.Decoder(Usage).decode
_pack = msgspec.msgpack.Encoder().encode


class Recipients:
    """The topology, as the engine hosts it."""

    name: Final = "recipients"
    state_topics: Final = (CONSENT, INBOUND, PROVIDER_EVENTS, COMMANDS, FORWARDED)
    message_topics: Final = (OUTBOUND_PRIORITY, OUTBOUND)
    global_topics: Final = (POLICIES, WORKSPACES, ENFORCEMENT, SIGNALS)
    noticed_topics: Final = (POLICIES, WORKSPACES, ENFORCEMENT)
    """Global topics whose changes each partition is told of, to revoke what they forbid."""

    def __init__(self, known: GlobalFacts) -> None:
        """Take the global facts, which the engine fills through `absorb`."""
        self.known = known

    def absorb(self, event: Event) -> None:
        """Take in a record of a global topic. What can't be read is reported by `Turn.change`, once."""
        try:
            self.known.absorb(event)
        except Undecodable:
            return

    def opened(self, partition: int) -> None:
        """Note that a partition has come: what its state says of its counts is true, whatever was known before."""
        self.known.usage.forget(_source(partition))

    def turn(self, step: Step) -> "Turn":
        """Begin a transaction."""
        return Turn(self.known, step)


def _source(partition: int) -> str:
    return f"{Recipients.name}-{partition}"


class Turn:
    """What is done in one transaction of one partition."""

    def __init__(self, known: GlobalFacts, step: Step) -> None:
        """Begin with nothing done."""
        self._known = known
        self._step = step
        self._source = _source(step.partition)
        self._state = step.state
        self._now = step.now_milliseconds
        self._evidence: list[EvidenceEntry] = []
        self._used: set[str] = set()
        self._seen: dict[tuple[int, int, int], Seen] = {}
        self.outputs: list[Output] = []

    # What the engine calls.

    def change(self, event: Event) -> None:
        """Answer a change of a global fact: withdraw what the workspace may not send any more."""
        if self._step.partition == 0:
            try:
                check_global_record(event)
            except Undecodable as problem:
                self.outputs.append(dead_letter(event, problem, self._now))
        if event.topic != POLICIES:
            workspace_id = (event.record.key or b"").decode("utf-8", "replace")
            self._sweep(workspace_id, ledger_range(workspace_id))

    def event(self, event: Event) -> None:
        """Take in one event of a person's topics; what can't be decoded becomes a dead letter."""
        topic = origin_of(event)[0] if event.topic == FORWARDED else event.topic
        take = self._takers.get(topic)
        try:
            if take is None:
                raise Undecodable("$", "forwarded from a topic that is not about a person")
            take(self, event)
        except Undecodable as problem:
            self.outputs.append(dead_letter(event, problem, self._now))

    def due(self, key: bytes) -> None:
        """Attend to a record whose time has come: go on with a walk, judge a waiting message, or forget a closed one."""
        value = self._state.get(key)
        if value is None:
            return
        if key[:1] == b"w":
            workspace_id, begin = msgspec.msgpack.decode(value, type=tuple[str, bytes])
            self._sweep(workspace_id, begin)
            return
        entry = _decode_entry(value)
        if entry.standing is not Standing.WAITING:
            self._state.delete(key)
            return
        topic, partition, offset, times_judged = entry.origin
        message = decode_outbound_message(entry.event)
        origin = (topic, partition, offset)
        self._judge(key, message, entry.recipient, entry.event, origin, times_judged, entry.has_reservation)

    def finish(self) -> Sequence[Output]:
        """Close the transaction: keep the counts, tell the other workers, write the page of evidence."""
        for workspace_id in sorted(self._used):
            usage = self._known.usage.usage_of(workspace_id, self._source, self._now)
            self._state.put(usage_key(workspace_id), _pack(usage))
        if self._evidence or self._step.inputs or self.outputs:
            self.outputs += page_outputs(Recipients.name, self._step, self._evidence)
        return self.outputs

    # One method per topic.

    def _take_message(self, event: Event) -> None:
        value = event.record.value
        message = decode_outbound_message(value)
        recipient = recipient_key(message.to)
        if self._is_stray(event, recipient):
            return
        assert value is not None
        key = ledger_key(message.workspace_id or "", recipient, message.message_id)
        remembered = self._state.get(key)
        entry = _decode_entry(remembered) if remembered is not None else None
        if entry is not None and answers_repeats(entry, self._now):
            decided_at = to_text(entry.decided_milliseconds)
            self.outputs.append(
                verdict_output(recipient, entry.verdict_id, decided_at, entry.verdict, self._step.partition)
            )
            return
        self._judge(key, message, recipient, value, origin_of(event), 0, has_reservation=False)

    def _take_consent(self, event: Event) -> None:
        consent = decode_consent_event(event.record.value)
        recipient = self._recipient_of(event, (recipient_key(consent.to),))
        if recipient is None:
            return
        choice = choice_from(consent)
        if choice.occurred_milliseconds > self._now + CLOCK_SKEW_MILLISECONDS:
            if choice.kind not in (Kind.WITHDRAWAL, Kind.END):
                raise Undecodable("$.occurred_at", "lies in the future, so it can't have happened")
            choice = replace(choice, occurred_milliseconds=self._now)
        self._choose(event, recipient, consent.workspace_id, choice, "consent_event")
        self._tell_other_names(event, recipient)

    def _take_inbound(self, event: Event) -> None:
        inbound = decode_inbound_message(event.record.value)
        names = origin_keys(inbound.origin)
        if not names:
            raise Undecodable("$.from", "names neither a number nor a business-scoped id with its portfolio")
        recipient = self._recipient_of(event, names)
        if recipient is None:
            return
        workspaces = (
            [inbound.workspace_id] if inbound.workspace_id else self._known.workspaces_with_sender(inbound.to or "")
        )
        intent = intent_of(inbound.text) if inbound.text else "other"
        if not workspaces and intent == "opt_out":
            raise Undecodable("$.workspace_id", "missing, and no workspace owns the number that was written to")
        for other in names:
            if other != recipient:
                self._link(event, recipient, other)
        kind = {"opt_out": Kind.WITHDRAWAL, "opt_in": Kind.RESUME}.get(intent)
        if kind is not None:
            received_milliseconds = within_calendar(inbound.received_at)
            at = min(received_milliseconds, self._now)
            choice = Choice(kind, "*", "*", "*", "*", "reply", at, at, inbound.inbound_id)
            for workspace_id in workspaces:
                if received_milliseconds <= self._now or not self._has_taken(recipient, workspace_id, choice):
                    self._choose(event, recipient, workspace_id, choice, "inbound")
        self._tell_other_names(event, recipient)

    def _take_provider_event(self, event: Event) -> None:
        report = decode_provider_event(event.record.value)
        recipient = self._recipient_of(event, (recipient_key(report.to),))
        if recipient is None or report.message_id is None or report.kind != "status" or report.status not in _SENT:
            return
        key = ledger_key(report.workspace_id or "", recipient, report.message_id)
        value = self._state.get(key)
        if value is not None and (entry := _decode_entry(value)).standing is Standing.OPEN:
            self._remember(key, mark_sent(entry))

    def _take_command(self, event: Event) -> None:
        command = decode_command(event.record.value)
        if command.subject.recipient is None:
            self._check_workspace_command(command)
            return
        recipient = self._recipient_of(event, (recipient_key(command.subject.recipient),))
        if recipient is not None and command.kind not in PERSON_COMMANDS:
            raise Undecodable("$.kind", "no command about a person that this version carries out")

    _takers: dict[str, Callable[["Turn", Event], None]] = {
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
        if command.kind not in STATE_BY_COMMAND and command.kind not in INCIDENT_COMMANDS:
            raise Undecodable("$.kind", "no command that this version carries out")

    # Judging.

    def _judge(  # noqa: PLR0913 - what makes up a waiting message
        self,
        key: bytes,
        message: OutboundMessage,
        recipient: str,
        value: bytes,
        origin: Origin,
        times_judged: int,
        has_reservation: bool,  # noqa: FBT001
    ) -> None:
        workspace_id = message.workspace_id or ""
        choices = self._choices(recipient, workspace_id)
        self._load_usage(workspace_id)
        facts, policy = facts_about(
            message,
            recipient,
            choices,
            self._known,
            self._now,
            self._seen_by,
            origin,
            times_judged=times_judged,
            has_reservation=has_reservation,
        )
        verdict = inspect(message, read_content(message.content), facts, policy)
        answer = encode(verdict)
        entry = self._entry_for(message, recipient, verdict, answer, policy.document.lease_seconds)
        if verdict.outcome is Outcome.DEFER:
            reserves = self._reserve(workspace_id, verdict)
            entry = replace(
                entry,
                standing=Standing.WAITING,
                not_before_milliseconds=max(
                    f.retry_milliseconds for f in verdict.findings if f.outcome is Outcome.DEFER
                ),
                event=value,
                origin=(*origin, times_judged + 1),
                has_reservation=reserves,
            )
        elif verdict.outcome.lets_pass:
            if not has_reservation and workspace_id in self._known.workspaces:
                self._count(workspace_id, self._now)
            self._note_confirmation(message, recipient, facts.target, choices)
        self._state.put(key, _pack(entry), due_milliseconds(entry, policy.document.repeats_seconds * 1000))
        self.outputs.append(issued(recipient, verdict, answer, self._step.partition))
        self._evidence.append(
            EvidenceEntry("verdict", verdict.verdict_id, message.message_id, *origin, digest(value), digest(answer)),
        )

    def _entry_for(
        self, message: OutboundMessage, recipient: str, verdict: Verdict, answer: bytes, lease_seconds: int
    ) -> Entry:
        actor = message.actor
        return Entry(
            standing=Standing.OPEN if verdict.outcome.lets_pass else Standing.CLOSED,
            message_id=message.message_id,
            recipient=recipient,
            verdict_id=verdict.verdict_id,
            verdict=answer,
            decided_milliseconds=self._now,
            expires_milliseconds=self._now + lease_seconds * 1000,
            actor_type=actor.type if actor else "",
            actor_id=actor.id if actor else "",
            channel=message.channel,
            purpose=message.purpose,
            sender=message.sender.id,
            brand=message.brand or "",
        )

    def _note_confirmation(self, message: OutboundMessage, recipient: str, target: Target, choices: Choices) -> None:
        """Note that the one confirmation of an opt-out was used: a message passed though the recipient has opted out."""
        withdrawal = standing_withdrawal(choices, target)
        if withdrawal is not None:
            confirmed = confirm(choices, withdrawal, message.message_id)
            self._state.put(choices_key(recipient, message.workspace_id or ""), _pack(confirmed))

    def _seen_by(self, workspace: Workspace | None, enforcement: Enforcement | None, policy_position: int) -> Seen:
        """State how far each source had been read; the same for all messages of a workspace in this turn."""
        versions = (
            workspace.position if workspace else -1,
            enforcement.revision if enforcement else 0,
            policy_position,
        )
        seen = self._seen.get(versions)
        if seen is None:
            position = self._step.position
            seen = self._seen[versions] = Seen(
                position(CONSENT),
                position(INBOUND),
                position(PROVIDER_EVENTS),
                position(COMMANDS),
                position(FORWARDED),
                *versions,
            )
        return seen

    # The use of plans.

    def _load_usage(self, workspace_id: str) -> None:
        """Take this partition's own counts from its state when they are first needed."""
        if not self._known.usage.knows(workspace_id, self._source):
            stored = self._state.get(usage_key(workspace_id))
            self._known.usage.restore(workspace_id, self._source, _decode_usage(stored) if stored else Usage())

    def _count(self, workspace_id: str, at_milliseconds: int) -> None:
        source = self._source
        in_second, in_day = self._known.usage.count(workspace_id, source, at_milliseconds, self._now)
        self._used.add(workspace_id)
        plan = self._known.workspaces[workspace_id].record.plan
        parts = REPORTS_PER_SECOND * self._step.partitions
        per_report = max(1, (plan.messages_per_second or 0) // parts)
        per_day_report = max(1, (plan.messages_per_day or 0) // (25 * parts))
        if in_second % per_report == 0 or in_day % per_day_report == 0:
            usage = self._known.usage.usage_of(workspace_id, source, self._now)
            report = UsageReport(subject="workspace", workspace_id=workspace_id, source=source, usage=usage)
            self.outputs.append(Output(SIGNALS, f"usage/{workspace_id}/{source}".encode(), encode(report)))

    def _reserve(self, workspace_id: str, verdict: Verdict) -> bool:
        """Keep a place in the rate for a message that is deferred for the rate alone, if one is free in the horizon."""
        decisive = max((f for f in verdict.findings if f.outcome is Outcome.DEFER), key=_retry)
        is_within = decisive.retry_milliseconds < self._now + (HORIZON_SECONDS - 1) * 1000
        if decisive.rule_id != "plan_rate" or decisive.values.get("period") != "second" or not is_within:
            return False
        self._count(workspace_id, decisive.retry_milliseconds)
        return True

    # Choices and what they withdraw.

    def _choices(self, recipient: str, workspace_id: str) -> Choices:
        stored = self._state.get(choices_key(recipient, workspace_id))
        return _decode_choices(stored) if stored is not None else NO_CHOICES

    def _has_taken(self, recipient: str, workspace_id: str, choice: Choice) -> bool:
        """Tell whether an act is on record: one that is dated later than now would get a new time each time it comes."""
        known = self._choices(recipient, workspace_id).entries
        return any(entry.kind is choice.kind and entry.event_id == choice.event_id for entry in known)

    def _choose(self, event: Event, recipient: str, workspace_id: str, choice: Choice, event_type: str) -> None:
        known = self._choices(recipient, workspace_id)
        merged = replace(merge(known, (choice,)), workspace_id=workspace_id)
        if merged == known:
            return
        self._state.put(choices_key(recipient, workspace_id), _pack(merged))
        if is_from_other_name(event):
            # What is new here may be new to this name's other names too; where it is known the telling ends.
            for other in self._other_names(recipient):
                told = encode(event_from(choice, workspace_id, other))
                self.outputs.append(told_other_name(CONSENT, event, other.encode(), told))
        if choice.kind is not Kind.WITHDRAWAL:
            return
        begin = ledger_range(workspace_id, recipient)
        for key, value in list(self._state.scan(begin, end_of(begin), REVOKED_MAX)):
            entry = _decode_entry(value)
            if is_revocable(entry, self._now) and standing_withdrawal(merged, target_of(entry)) is not None:
                self._revoke(key, entry, workspace_id, cause_in_choice(choice, event_type))

    def _sweep(self, workspace_id: str, begin: bytes) -> None:
        """Walk a slice of a workspace's judged messages and withdraw what may not be sent any more."""
        workspace = self._known.workspaces.get(workspace_id)
        for_all = cause_in_workspace(workspace, self._known.enforcement.get(workspace_id))
        self._state.delete(sweep_key(workspace_id))
        end = end_of(ledger_range(workspace_id))
        walked = list(self._state.scan(begin, end, SWEEP_ENTRIES_MAX))
        for key, value in walked:
            entry = _decode_entry(value)
            if not is_revocable(entry, self._now):
                continue
            cause = for_all or (cause_in_actor(entry, workspace) if workspace else None)
            if cause is not None:
                self._revoke(key, entry, workspace_id, cause)
        if len(walked) == SWEEP_ENTRIES_MAX:
            rest = _pack((workspace_id, walked[-1][0] + b"\x00"))
            self._state.put(sweep_key(workspace_id), rest, self._now)

    def _revoke(self, key: bytes, entry: Entry, workspace_id: str, cause: Cause) -> None:
        withdrawn = revocation(entry, workspace_id, cause, self._now)
        output = revoked(entry.recipient, withdrawn, self._step.partition)
        self.outputs.append(output)
        self._remember(key, revoke(entry))
        assert output.value is not None
        self._evidence.append(
            EvidenceEntry(
                "revocation",
                withdrawn.revocation_id,
                entry.message_id,
                "",
                self._step.partition,
                -1,
                "",
                digest(output.value),
            ),
        )

    def _remember(self, key: bytes, entry: Entry) -> None:
        policy = self._known.policy_at(self._now).policy
        self._state.put(key, _pack(entry), due_milliseconds(entry, policy.document.repeats_seconds * 1000))

    # Names of one person, and records that lie in the wrong partition.

    def _is_stray(self, event: Event, recipient: str) -> bool:
        """Send a record on whose partition is not its recipient's: its producer hashed differently or set no key."""
        key = recipient.encode()
        if self._step.partition_of(key) == self._step.partition:
            return False
        self.outputs.append(forwarded(event, key))
        return True

    def _recipient_of(self, event: Event, names: tuple[str, ...]) -> str | None:
        """Say under which name an event counts here; None when it was sent on.

        A forwarded event counts under the key it was sent to, which may be another name of the same person.
        """
        if event.topic == FORWARDED and event.record.key is not None:
            return event.record.key.decode("utf-8", "replace")
        return None if self._is_stray(event, names[0]) else names[0]

    def _link(self, event: Event, recipient: str, other: str) -> None:
        """Record another name of a recipient, and tell that name what this one has chosen so far."""
        stored = self._state.get(links_key(recipient))
        known = _decode_links(stored) if stored is not None else NO_LINKS
        linked = merge_links(known, other)
        if linked == known:
            return
        self._state.put(links_key(recipient), _pack(linked))
        begin = choices_range(recipient)
        for _key, value in list(self._state.scan(begin, end_of(begin), 10_000)):
            choices = _decode_choices(value)
            for choice in choices.entries:
                told = encode(event_from(choice, choices.workspace_id, other))
                self.outputs.append(told_other_name(CONSENT, event, other.encode(), told))

    def _tell_other_names(self, event: Event, recipient: str) -> None:
        """Send an event on to the other names of its person, unless it has come that way."""
        if is_from_other_name(event):
            return
        for other in self._other_names(recipient):
            self.outputs.append(told_other_name(origin_of(event)[0], event, other.encode(), event.record.value))

    def _other_names(self, recipient: str) -> tuple[str, ...]:
        stored = self._state.get(links_key(recipient))
        return _decode_links(stored).keys if stored is not None else ()


def _retry(finding: Finding) -> int:
    return finding.retry_milliseconds
