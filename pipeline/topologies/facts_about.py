"""Gather what is known about one message: from the partition's state, the global facts and the message itself."""

import functools
import hashlib
from collections.abc import Callable

from pipeline.domain.events import BusinessScopedId, OutboundMessage
from pipeline.domain.numbers import Number, read_number
from pipeline.domain.places import Place, place_of
from pipeline.domain.policies import Policy
from pipeline.domain.suppression_lists import Listing, SuppressionLists
from pipeline.domain.verdicts import Seen
from pipeline.domain.workspaces import Workspace
from pipeline.rules.facts import Facts, RateReading
from pipeline.state.choices import Choices, Target
from pipeline.state.enforcement import Enforcement
from pipeline.state.rights import Rights
from pipeline.topologies.global_facts import GlobalFacts

Origin = tuple[str, int, int]
"""Topic, partition and offset at which a message came in."""


SeenBy = Callable[[Workspace | None, Enforcement | None, int], Seen]
"""Gives what was seen, for a workspace, its enforcement state and the position of the policy in force."""


def facts_about(  # noqa: PLR0913 - each is a source of facts, and none belongs into another
    message: OutboundMessage,
    recipient: str,
    choices: Choices | None,
    known: GlobalFacts,
    now_milliseconds: int,
    seen_by: SeenBy,
    origin: Origin,
    *,
    times_judged: int,
    has_reservation: bool,
    rights: Rights | None,
) -> tuple[Facts, Policy]:
    """Gather the facts of one message and the policy that is in force now."""
    in_force = known.policy_at(now_milliseconds)
    workspace_id = message.workspace_id or ""
    workspace = known.workspaces.get(workspace_id)
    enforcement = known.enforcement.get(workspace_id)
    actor = message.actor
    lists = known.suppression
    degraded = known.degraded
    if lists.lists:
        degraded = (*degraded, *lists.stale(in_force.policy.list_days_max, now_milliseconds))
    number = read_number(message.to) if isinstance(message.to, str) else None
    facts = Facts(
        now_milliseconds=now_milliseconds,
        recipient=recipient,
        target=Target(message.channel, message.purpose, message.sender.id, message.brand or ""),
        workspace=workspace,
        actor=workspace.actor(actor.type, actor.id) if workspace and actor else None,
        enforcement=enforcement,
        choices=choices,
        rights=rights,
        number=number,
        place=_place(message, number),
        rates=_rates(workspace, enforcement, known, in_force.policy, now_milliseconds),
        has_reservation=has_reservation,
        spread=_spread(origin[2]),
        verdict_id=f"{_source_hash(origin[0], origin[1])}{origin[2]:012x}{times_judged:04x}",
        seen=seen_by(workspace, enforcement, in_force.position),
        degraded=degraded,
        listings=_listings(message, number, lists),
    )
    return facts, in_force.policy


@functools.lru_cache(maxsize=4_096)
def _source_hash(topic: str, partition: int) -> str:
    """Hash where messages come from, for the ids of their verdicts: 64 bits in hexadecimal."""
    return hashlib.blake2b(f"{topic}|{partition}".encode(), digest_size=8).hexdigest()


def _spread(offset: int) -> float:
    """Scatter offsets over 0 to 1, evenly for neighbours (Fibonacci hashing)."""
    return (offset * 0x9E3779B1 & 0xFFFFFFFF) / 0x100000000


def _place(message: OutboundMessage, number: Number | None) -> Place | None:
    hints = message.recipient
    if isinstance(message.to, BusinessScopedId):
        # Meta's ids begin with the user's country ("US.1349..."): as much as a number without an area code says.
        number = Number("", message.to.bsuid.partition(".")[0], "")
    if number is None:
        return None
    if hints is None:
        return place_of(number, None, None, None)
    return place_of(number, hints.country, hints.time_zone, hints.postal_code)


def _listings(message: OutboundMessage, number: Number | None, lists: SuppressionLists) -> tuple[Listing, ...]:
    """Look a number up on the suppression lists; codes are sent to listed numbers too, so nothing is asked for them."""
    if not lists.lists or number is None or not isinstance(message.to, str) or message.purpose == "authentication":
        return ()
    return lists.listings(message.to)


def _rates(
    workspace: Workspace | None,
    enforcement: Enforcement | None,
    known: GlobalFacts,
    policy: Policy,
    now_milliseconds: int,
) -> tuple[RateReading, ...]:
    """Read the plan's limits against their use; empty when the plan does not state them."""
    if workspace is None:
        return ()
    plan = workspace.record.plan
    if plan.messages_per_second is None or plan.messages_per_day is None:
        return ()
    per_second = plan.messages_per_second
    if workspace.record.state == "throttled" or (enforcement and enforcement.state == "throttled"):
        per_second = min(per_second, max(1, int(per_second * policy.document.throttled_share)))
    return (
        known.usage.per_second(workspace.id, per_second, now_milliseconds),
        known.usage.per_day(workspace.id, plan.messages_per_day, now_milliseconds),
    )
