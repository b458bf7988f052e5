"""What comes out: findings, the verdict they make, and its revocation (design section 6)."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from pipeline.domain.instants import from_text
from pipeline.domain.outcomes import Outcome

DecidedBy = Literal["policy", "law", "third_party", "missing_fact"]


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One rule's objection to one message, in words its sender can act on.

    `values` are what decided, and never hold personal data: no number, no name, no text of the message.
    """

    rule_id: str
    clause: str
    outcome: Outcome
    code: str
    reason: str
    remedy: str
    decided_by: DecidedBy = "policy"
    retry_at: str | None = None
    values: Mapping[str, Any] = {}

    @property
    def retry_milliseconds(self) -> int:
        """When to try again, in milliseconds since 1970 (UTC); 0 when that would not help."""
        return from_text(self.retry_at) if self.retry_at is not None else 0


class PolicyStamp(Struct, frozen=True):
    """Which policy decided: its version, and the hash of its text (`sha256:` and 64 hex digits)."""

    version: str
    hash: str


class Degraded(Struct, frozen=True, omit_defaults=True):
    """A check that could not run or that ran on a stale list, and how old that list was."""

    check: str
    reason: str
    age_seconds: int | None = None


class Seen(Struct, frozen=True):
    """How far each source had been read when the verdict was reached: the next offset of this partition's topics.

    `workspace` is the offset of the workspace record that decided, `enforcement` the revision of the workspace's
    enforcement state, `policy` the offset of the policy (-1: none published, the packaged one decided).
    """

    consent: int
    inbound: int
    provider_events: int
    commands: int
    forwarded: int
    workspace: int
    enforcement: int
    policy: int


class Verdict(Struct, frozen=True, kw_only=True):
    """The one answer to one message. `verdict_id` is derived from the message's position: same input, same id."""

    verdict_id: str
    message_id: str
    workspace_id: str | None
    outcome: Outcome
    findings: tuple[Finding, ...]
    not_before: str | None
    expires_at: str
    policy: PolicyStamp
    degraded: tuple[Degraded, ...]
    seen: Seen
    provider_equivalents: Raw | UnsetType = UNSET
    decided_at: str
    shadow: tuple[Finding, ...] = ()


class Revocation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The withdrawal of a verdict that let a message pass and that has not been used, as far as we know."""

    revocation_id: str
    verdict_id: str
    message_id: str
    workspace_id: str
    clause: str
    code: str
    reason: str
    caused_by: str
    """The event that caused it: its type and id, such as `consent_event c2`."""
    revoked_at: str
