"""The content clauses asked about a text by itself: what `compliance inspect-content` and its measurements share."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.domain.events import Channel, Content, OutboundMessage, Sender
from pipeline.domain.instants import to_datetime
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding, Seen
from pipeline.domain.workspaces import Workspace, WorkspaceRecord, build_workspace
from pipeline.inspection import inspect_content
from pipeline.reading.content import Reading
from pipeline.reading.reader import Reader
from pipeline.rules.facts import Facts
from pipeline.rules.fraud_signs import signs_of_fraud
from pipeline.state.choices import Target

_AUTHOR: Final = "template-author"
_SENDERS: Final[dict[Channel, Sender]] = {
    "sms": Sender("alphanumeric", _AUTHOR),
    "whatsapp": Sender("whatsapp_number", _AUTHOR),
}


class Inspected(NamedTuple):
    """What was found in one text."""

    reading: Reading
    outcome: Outcome
    findings: tuple[Finding, ...]
    score: float
    """From 0 to 1: how far the signs of fraud go towards a block; 1 for what blocks for any reason."""


class ContentInspector:
    """Asks the content rules, with one reader and one policy."""

    def __init__(self, reader: Reader, policy: Policy) -> None:
        """Take what texts are read and judged with."""
        self._reader = reader
        self._policy = policy

    def inspect(self, text: str, domains: Sequence[str] | None = None, channel: Channel = "sms") -> Inspected:
        """Inspect a text.

        :param domains: of the workspace that would send it; without any, no link can be told to be foreign
        """
        content = Content("text", text)
        message = OutboundMessage(
            message_id=_AUTHOR,
            channel=channel,
            to=_AUTHOR,
            sender=_SENDERS[channel],
            purpose="service",
            content=content,
            requested_at=to_datetime(0),
        )
        workspace = build_workspace(
            WorkspaceRecord(workspace_id=_AUTHOR, state="active", domains=tuple(domains or ())), -1
        )
        facts = _facts(message, workspace)
        reading = self._reader.read(content)
        findings = inspect_content(message, reading, facts, self._policy)
        outcome = max((found.outcome for found in findings), default=Outcome.ALLOW)
        return Inspected(reading, outcome, findings, self._score(reading, facts, outcome))

    def _score(self, reading: Reading, facts: Facts, outcome: Outcome) -> float:
        settings = self._policy.document.content
        reached = {
            Outcome.FLAG: settings.flag_score,
            Outcome.HOLD: settings.hold_score,
            Outcome.BLOCK: settings.block_score,
        }
        signs = sum(signs_of_fraud(reading, facts, self._policy).values())
        return round(min(1.0, max(signs, reached.get(outcome, 0.0)) / settings.block_score), 3)


def _facts(message: OutboundMessage, workspace: Workspace) -> Facts:
    """Give the facts about a message that nobody sends to anybody: the workspace's, and nothing else."""
    return Facts(
        now_milliseconds=0,
        recipient=_AUTHOR,
        target=Target(message.channel, message.purpose, message.sender.id, ""),
        workspace=workspace,
        actor=None,
        enforcement=None,
        choices=None,
        rights=None,
        number=None,
        place=None,
        rates=(),
        has_reservation=False,
        spread=0.0,
        verdict_id="",
        seen=Seen(0, 0, 0, 0, 0, 0, -1, -1),
    )
