"""Judging one message: facts, inspection, and what is remembered, counted and published of the verdict."""

from typing import Final

import msgspec
from msgspec.structs import replace

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding, Verdict
from pipeline.inspection import inspect, is_workspace_clear
from pipeline.reading.content import Reading
from pipeline.rules.targeted_repetition import needs_history
from pipeline.state.choices import Choices, Target, standing_withdrawal
from pipeline.state.keys import end_of, ledger_range, usage_key
from pipeline.state.ledger import Entry, Standing
from pipeline.state.usage import HORIZON_SECONDS, NO_USAGE, Usage
from pipeline.topologies.contact_book import ContactBook
from pipeline.topologies.desk import Desk
from pipeline.topologies.endings import Endings, Worded
from pipeline.topologies.evidence_pages import EvidenceEntry, digest
from pipeline.topologies.facts_about import Origin, Surroundings, facts_about, surroundings_of, whereabouts_of
from pipeline.topologies.names import SIGNALS
from pipeline.topologies.outputs import issued
from pipeline.topologies.refusal_book import RefusalBook
from pipeline.topologies.register import Register
from pipeline.topologies.segment_counts import SegmentCounts
from pipeline.topologies.steps import Output
from pipeline.topologies.usage_board import UsageReport
from pipeline.topologies.watching import Watching
from pipeline.topologies.withdrawals import decode_entry
from pipeline.wire import encode

RECENT_MILLISECONDS: Final = 3_600_000
"""An hour: as long as judged messages are remembered by the packaged policy."""
RECENT_MAX: Final = 200
"""Judged messages looked at; far more than any count that a policy may set."""

_decode_usage = msgspec.msgpack.Decoder(Usage).decode
_pack = msgspec.msgpack.Encoder().encode


def usage_source(partition: int) -> str:
    """Name a partition as a source of counts."""
    return f"recipients-{partition}"


class Judging:
    """What a turn judges, and what it counts."""

    def __init__(  # noqa: PLR0913 - the books of a turn
        self,
        desk: Desk,
        register: Register,
        contacts: ContactBook,
        refusals: RefusalBook,
        endings: Endings,
        watching: Watching,
    ) -> None:
        """Work at a desk, with the books of the turn at hand."""
        self._desk = desk
        self._endings = endings
        self._contacts = contacts
        self._register = register
        self._refusals = refusals
        self._watching = watching
        self._source = usage_source(desk.partition)
        self._segments = SegmentCounts(desk, self._source)
        self._used: set[str] = set()
        self._surroundings: dict[str, Surroundings] = {}
        self._clear: dict[str, bool] = {}
        """Whether no rule objects to a workspace as such in this turn."""

    def judge(  # noqa: PLR0913 - what makes up a waiting message
        self,
        key: bytes,
        message: OutboundMessage,
        recipient: str,
        value: bytes,
        origin: Origin,
        times_judged: int,
        has_reservation: bool,  # noqa: FBT001
    ) -> None:
        """Judge a message and publish its verdict.

        :param key: where it is remembered
        :param value: the event as received, kept if it must wait
        :param times_judged: how often it was judged before
        :param has_reservation: whether a place in the plan's rate is kept for it
        """
        workspace_id = message.workspace_id or ""
        choices = self._register.choices(recipient, workspace_id)
        around = self._surroundings.get(workspace_id)
        if around is None:
            around = self._surroundings[workspace_id] = self._look_around(workspace_id)
        policy = around.policy
        self._segments.load(message, around.workspace)
        whereabouts = whereabouts_of(message)
        reading = self._desk.known.reader.read(message.content)
        facts = facts_about(
            message,
            recipient,
            choices,
            self._desk.known,
            around,
            origin,
            times_judged=times_judged,
            has_reservation=has_reservation,
            refusals=self._refusals.refusals(recipient, workspace_id),
            rights=self._register.rights(recipient),
            whereabouts=whereabouts,
            written=self._contacts.gather(message, recipient, around, whereabouts[1]),
            recent_messages=self._recent_messages(key, message, recipient, choices, reading),
        )
        alarms, text_mark = self._watching.see(message, reading, facts, policy, is_again=times_judged > 0)
        if alarms:
            facts = replace(facts, alarms=alarms)
        is_clear = self._clear.get(workspace_id)
        if is_clear is None:
            is_clear = self._clear[workspace_id] = is_workspace_clear(message, reading, facts, policy)
        verdict = inspect(message, reading, facts, policy, workspace_is_clear=is_clear)
        worded = self._endings.encode(verdict, around.until_milliseconds)
        entry = self._entry_for(message, recipient, verdict, worded, around, text_mark)
        is_waiting = verdict.outcome is Outcome.DEFER
        if is_waiting:
            reserves = self._reserve(workspace_id, verdict, around)
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
            if not has_reservation and around.workspace is not None:
                self._count(workspace_id, around.now_milliseconds, around)
            if facts.brand_use is not None:
                self._segments.count(facts.brand_use)
            self._contacts.note(facts, message, policy)
            self._watching.note_passed(key, around.expires_milliseconds)
            self._register.note_confirmation(recipient, workspace_id, facts.target, choices, message.message_id)
        if is_waiting:
            self._desk.state.put(key, _pack(entry), entry.not_before_milliseconds)
        else:
            self._desk.state.keep(key, _pack(entry), entry.until_milliseconds)
        self._desk.outputs.append(issued(recipient, verdict, worded.answer, self._desk.partition))
        hashes = digest(value), digest(worded.answer)
        self._desk.evidence.append(
            EvidenceEntry("verdict", verdict.verdict_id, message.message_id, *origin, *hashes),
        )

    def keep_counts(self) -> None:
        """Write what was counted to the state, at the end of the turn."""
        for workspace_id in sorted(self._used):
            usage = self._desk.known.usage.usage_of(workspace_id, self._source, self._desk.now_milliseconds)
            self._desk.state.put(usage_key(workspace_id), _pack(usage))
        self._segments.keep()
        self._contacts.keep_counts()

    def _recent_messages(
        self, key: bytes, message: OutboundMessage, recipient: str, choices: Choices, reading: Reading
    ) -> int | None:
        """Count the other messages of the workspace to the recipient that were judged in the last hour, if it matters.

        After an opt-out those that came before it don't count.
        What is remembered is counted: with a shorter `repeats_seconds` in the policy that is less than an hour.
        """
        target = Target(message.channel, message.purpose, message.sender.id, message.brand or "")
        if not needs_history(reading, choices, target):
            return None
        begin = ledger_range(message.workspace_id or "", recipient)
        since = self._desk.now_milliseconds - RECENT_MILLISECONDS
        withdrawal = standing_withdrawal(choices, target)
        if withdrawal is not None:
            since = max(since, withdrawal.occurred_milliseconds)
        return sum(
            other != key and decode_entry(value).decided_milliseconds > since
            for other, value in self._desk.state.scan(begin, end_of(begin), RECENT_MAX)
        )

    def _entry_for(  # noqa: PLR0913 - what makes up an entry
        self,
        message: OutboundMessage,
        recipient: str,
        verdict: Verdict,
        worded: Worded,
        around: Surroundings,
        text_mark: bytes,
    ) -> Entry:
        actor, template = message.actor, message.content.template
        return Entry(
            standing=Standing.OPEN if verdict.outcome.lets_pass else Standing.CLOSED,
            message_id=message.message_id,
            recipient=recipient,
            verdict_id=verdict.verdict_id,
            verdict=worded.kept,
            ending=worded.ending,
            decided_milliseconds=around.now_milliseconds,
            expires_milliseconds=around.expires_milliseconds,
            until_milliseconds=around.until_milliseconds,
            actor_type=actor.type if actor else "",
            actor_id=actor.id if actor else "",
            channel=message.channel,
            purpose=message.purpose,
            sender=message.sender.id,
            brand=message.brand or "",
            template=(template.name, template.language or "") if template else ("", ""),
            text_mark=text_mark,
        )

    def _look_around(self, workspace_id: str) -> Surroundings:
        """Gather what is known of a workspace when a turn's first message of it comes."""
        self._load_usage(workspace_id)
        return surroundings_of(workspace_id, self._desk.known, self._desk.step)

    def _load_usage(self, workspace_id: str) -> None:
        """Take this partition's own counts from its state when they are first needed."""
        if not self._desk.known.usage.knows(workspace_id, self._source):
            stored = self._desk.state.get(usage_key(workspace_id))
            self._desk.known.usage.restore(workspace_id, self._source, _decode_usage(stored) if stored else NO_USAGE)

    def _count(self, workspace_id: str, at_milliseconds: int, around: Surroundings) -> None:
        """Count a message against its plan, and tell the other workers when the count has grown by a part."""
        source = self._source
        in_second, in_day = self._desk.known.usage.count(workspace_id, source, at_milliseconds, around.now_milliseconds)
        self._used.add(workspace_id)
        per_second_report, per_day_report = around.per_report
        if in_second % per_second_report == 0 or in_day % per_day_report == 0:
            usage = self._desk.known.usage.usage_of(workspace_id, source, around.now_milliseconds)
            report = UsageReport(subject="workspace", workspace_id=workspace_id, source=source, usage=usage)
            self._desk.outputs.append(Output(SIGNALS, f"usage/{workspace_id}/{source}".encode(), encode(report)))

    def _reserve(self, workspace_id: str, verdict: Verdict, around: Surroundings) -> bool:
        """Keep a place in the rate for a message that is deferred for the rate alone, if one is free in the horizon."""
        decisive = max((f for f in verdict.findings if f.outcome is Outcome.DEFER), key=_retry)
        is_within = decisive.retry_milliseconds < self._desk.now_milliseconds + (HORIZON_SECONDS - 1) * 1000
        if decisive.rule_id != "plan_rate" or decisive.values.get("period") != "second" or not is_within:
            return False
        self._count(workspace_id, decisive.retry_milliseconds, around)
        return True


def _retry(finding: Finding) -> int:
    return finding.retry_milliseconds
