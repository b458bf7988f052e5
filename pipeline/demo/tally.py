"""What came out of the demo: counted by outcome and by clause, and three verdicts told in plain words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from pipeline.demo.cast import CAST, Awaited
from pipeline.domain.instants import from_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding, PolicyStamp, Revocation
from pipeline.rules import RULES

TOLD_CODES = ("opted_out", "quiet_hours", "actor_missing", "plan_rate", "member_removed", "consent_missing")
"""Which verdicts are told at the end, in this order of preference."""
TOLD_MAX = 3
TEXT_CHARACTERS_MAX = 70

_DECIDED_BY = {
    "law": "the law",
    "policy": "the acceptable use policy",
    "third_party": "a third party",
    "missing_fact": "a missing fact: what is not known is never allowed",
}
_MEANINGS = {
    Outcome.ALLOW: "send it before the lease ends",
    Outcome.FLAG: "send it; a person or a rule should look",
    Outcome.DEFER: "do not send it yet; it is judged again by itself",
    Outcome.HOLD: "do not send it; a fact or a person has to decide",
    Outcome.BLOCK: "never send it",
}


class Issued(Struct, frozen=True):
    """The parts of a verdict that the demo looks at, as it reads them from the topic."""

    verdict_id: str
    message_id: str
    outcome: str
    findings: tuple[Finding, ...]
    not_before: str | None
    expires_at: str
    policy: PolicyStamp

    @property
    def strictness(self) -> Outcome:
        """The outcome, comparable."""
        return Outcome(self.outcome)


class Sent(Struct, frozen=True):
    """What is kept of a message that was produced, to tell of it later: nothing that names its recipient."""

    workspace: str
    purpose: str
    recipient: str
    text: str
    label: str


class Told(NamedTuple):
    """One verdict in plain words: a heading, and lines of a word and what is said to it."""

    heading: str
    outcome: Outcome
    lines: tuple[tuple[str, str], ...]


_decode_issued = msgspec.json.Decoder(Issued).decode
_decode_revocation = msgspec.json.Decoder(Revocation).decode


class Tally:
    """Counts what was produced and what came out. A verdict that comes again with the same id counts once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.sent: dict[str, Sent] = {}
        self.first: dict[str, Issued] = {}
        self.again: dict[str, Issued] = {}
        self.revoked: dict[str, Revocation] = {}

    def note_message(self, message: Mapping[str, object], label: str) -> None:
        """Note a message that is produced now."""
        names = {workspace.id: workspace.name for workspace in CAST}
        workspace_id = str(message["workspace_id"])
        content = message["content"]
        text = str(content["text"]) if isinstance(content, dict) else ""
        self.sent[str(message["message_id"])] = Sent(
            workspace=next((name for id_, name in names.items() if workspace_id.startswith(id_)), workspace_id),
            purpose=str(message["purpose"]),
            recipient=mask_number(str(message["to"])),
            text=mask_text(text),
            label=label,
        )

    def take(self, value: bytes) -> str | None:
        """Count a record of the verdict topic; gives the message's id when this is its first verdict.

        Records about messages that this run did not produce are passed over.
        """
        if b'"outcome"' not in value:
            revocation = _decode_revocation(value)
            if revocation.message_id in self.sent:
                self.revoked.setdefault(revocation.message_id, revocation)
            return None
        verdict = _decode_issued(value)
        known = self.first.get(verdict.message_id)
        if verdict.message_id not in self.sent:
            return None
        if known is None:
            self.first[verdict.message_id] = verdict
            return verdict.message_id
        if known.verdict_id != verdict.verdict_id:
            self.again[verdict.message_id] = verdict
        return None

    def has(self, awaited: Awaited) -> bool:
        """Tell whether what the stream waits for has come out."""
        known = self.first if awaited.kind == "verdict" else self.revoked
        return awaited.message_id in known

    def unjudged(self) -> list[str]:
        """List the messages that have no verdict yet."""
        return [message_id for message_id in self.sent if message_id not in self.first]

    def due_again(self, now_milliseconds: int, within_milliseconds: int) -> list[str]:
        """List the deferred messages whose time comes within so long, and that were not judged again nor revoked."""
        end = now_milliseconds + within_milliseconds
        return [
            message_id
            for message_id, verdict in self.first.items()
            if verdict.not_before is not None
            and from_text(verdict.not_before) <= end
            and message_id not in self.again
            and message_id not in self.revoked
        ]

    # What is shown.

    def outcomes(self) -> list[tuple[Outcome, int, str]]:
        """Count first verdicts by outcome, the mildest first, with what the messaging service does with each."""
        counts = Counter(verdict.strictness for verdict in self.first.values())
        return [(outcome, counts[outcome], _MEANINGS[outcome]) for outcome in Outcome]

    def by_clause(self) -> dict[str, Counter[str]]:
        """Count, for each clause that objected, its findings by outcome, and the verdicts revoked for it."""
        counts: dict[str, Counter[str]] = {}
        for verdict in self.first.values():
            for finding in verdict.findings:
                counts.setdefault(finding.clause, Counter())[finding.outcome.value] += 1
        for revocation in self.revoked.values():
            counts.setdefault(revocation.clause, Counter())["revoked"] += 1
        return dict(sorted(counts.items(), key=lambda item: tuple(map(int, item[0].split(".")))))

    def unwanted(self) -> tuple[int, int, int]:
        """Count the messages that corpora call spam or fraud, those of them that were stopped, and those flagged."""
        unwanted = [message_id for message_id, sent in self.sent.items() if sent.label not in ("", "ham")]
        outcomes = [self.first[message_id].strictness for message_id in unwanted if message_id in self.first]
        stopped = sum(not outcome.lets_pass for outcome in outcomes)
        return len(unwanted), stopped, sum(outcome is Outcome.FLAG for outcome in outcomes)

    def told(self) -> list[Told]:
        """Tell up to three verdicts, each decided by another reason."""
        told: list[Told] = []
        for code in TOLD_CODES:
            found = [verdict for verdict in self.first.values() if _decisive(verdict).code == code]
            if found and len(told) < TOLD_MAX:
                # Of several the first that an English reader can read, and that a customer would want.
                told.append(self._tell(min(found, key=lambda verdict: not self._is_plain(verdict))))
        return told

    def _is_plain(self, verdict: Issued) -> bool:
        sent = self.sent[verdict.message_id]
        return sent.label == "ham" and sent.text.replace("•", "").rstrip("…").isascii()

    def _tell(self, verdict: Issued) -> Told:
        finding, sent = _decisive(verdict), self.sent[verdict.message_id]
        law = next(rule.source for rule in RULES if rule.rule_id == finding.rule_id)
        lines = [
            ("message", f"{sent.workspace} to {sent.recipient} ({sent.purpose}): “{sent.text}”"),
            ("what happened", f"{verdict.outcome}: {_MEANINGS[verdict.strictness]}"),
            ("why", f"{finding.reason} (clause {finding.clause}, rule {finding.rule_id})"),
            ("what helps", finding.remedy),
            ("who decided", f"{_DECIDED_BY[finding.decided_by]}; {law}; policy {verdict.policy.version}"),
            *self._times(verdict),
        ]
        return Told(f"{verdict.outcome.upper()}  {verdict.message_id}", verdict.strictness, tuple(lines))

    def _times(self, verdict: Issued) -> Iterator[tuple[str, str]]:
        if verdict.not_before is not None:
            when = f"{verdict.not_before[:10]} at {verdict.not_before[11:16]} UTC"
            yield "judged again", f"on {when}, without anybody asking"
        others = [finding.rule_id for finding in verdict.findings if finding is not _decisive(verdict)]
        if others:
            yield "also", f"objected: {', '.join(others)}"


def _decisive(verdict: Issued) -> Finding:
    """Give the strictest finding; an empty one when nothing objected."""
    return max(verdict.findings, key=lambda finding: finding.outcome, default=_NOTHING)


_NOTHING = Finding(rule_id="", clause="", outcome=Outcome.ALLOW, code="", reason="", remedy="")


def mask_number(number: str) -> str:
    """Keep the begin and the last two digits of a number: `+44•••••••••23`."""
    return number[:3] + "•" * max(0, len(number) - 5) + number[-2:]


def mask_text(text: str) -> str:
    """Cut a text to one line, with every digit replaced: codes and amounts are nobody else's business."""
    short = text if len(text) <= TEXT_CHARACTERS_MAX else text[: TEXT_CHARACTERS_MAX - 1] + "…"
    return re.sub(r"\d", "•", short)
