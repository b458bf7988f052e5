"""Gather what is known about one message: from the partition's state, the global facts and the message itself."""

import functools
import hashlib
from typing import Final

from msgspec import Struct

from pipeline.domain.events import BusinessScopedId, OutboundMessage
from pipeline.domain.numbers import Number, read_number
from pipeline.domain.places import Place, place_of
from pipeline.domain.policies import Policy
from pipeline.domain.suppression_lists import Listing, SuppressionLists
from pipeline.domain.verdicts import Degraded, Seen
from pipeline.domain.workspaces import Workspace
from pipeline.rules.facts import NOTHING_WRITTEN, Facts, RateReading, Written
from pipeline.state.choices import Choices, Target
from pipeline.state.enforcement import Enforcement
from pipeline.state.refusals import Refusals
from pipeline.state.rights import Rights
from pipeline.state.usage import REPORTS_PER_SECOND
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.names import COMMANDS, CONSENT, FORWARDED, INBOUND, PROVIDER_EVENTS
from pipeline.topologies.segment_counts import brand_use
from pipeline.topologies.steps import Step

DAY_REPORTS: Final = 100
"""Into how many parts of the daily limit the partitions together divide their reports to the other workers."""

Whereabouts = tuple[Number | None, Place | None]
"""The recipient's number and place, as far as they are known."""

Origin = tuple[str, int, int]
"""Topic, partition and offset at which a message came in."""


class Surroundings(Struct, frozen=True, gc=False):
    """What is the same for all messages of a workspace in one turn."""

    now_milliseconds: int
    policy: Policy
    workspace: Workspace | None
    enforcement: Enforcement | None
    seen: Seen
    limits: tuple[int, int] | None
    """How many messages a second and a day the plan allows; `None` when it does not state both."""
    degraded: tuple[Degraded, ...] = ()
    party_list_days: int | None = None
    per_report: tuple[int, int] = (1, 1)
    """After how many messages in a second and on a day a partition tells the others of its count."""
    expires_milliseconds: int = 0
    """When the lease of a verdict that is reached now ends."""
    until_milliseconds: int = 0
    """How long a message that is judged now is remembered: as long as its verdict can be used or asked for again."""


def surroundings_of(workspace_id: str, known: GlobalFacts, step: Step) -> Surroundings:
    """Gather what is known of a workspace now, and how far each source had been read."""
    in_force = known.policy_at(step.now_milliseconds)
    workspace = known.workspaces.get(workspace_id)
    enforcement = known.enforcement.get(workspace_id)
    seen = Seen(
        consent=step.position(CONSENT),
        inbound=step.position(INBOUND),
        provider_events=step.position(PROVIDER_EVENTS),
        commands=step.position(COMMANDS),
        forwarded=step.position(FORWARDED),
        workspace=workspace.position if workspace else -1,
        enforcement=enforcement.revision if enforcement else 0,
        policy=in_force.position,
    )
    limits = _limits(workspace, enforcement, in_force.policy)
    document = in_force.policy.document
    party_list_days = known.party_list_days(step.now_milliseconds)
    stale = known.suppression.stale(in_force.policy.list_days_max, step.now_milliseconds)
    unheard = known.patterns.degraded(document.patterns, step.now_milliseconds // 1_000)
    degraded = (*known.degraded_at(party_list_days, document.sanctions.list_stale_days), *stale, *unheard)
    return Surroundings(
        now_milliseconds=step.now_milliseconds,
        policy=in_force.policy,
        workspace=workspace,
        enforcement=enforcement,
        seen=seen,
        limits=limits,
        degraded=degraded,
        party_list_days=party_list_days,
        per_report=_per_report(workspace, step.partitions),
        expires_milliseconds=step.now_milliseconds + document.lease_seconds * 1000,
        until_milliseconds=step.now_milliseconds + max(document.lease_seconds, document.repeats_seconds) * 1000,
    )


def _limits(workspace: Workspace | None, enforcement: Enforcement | None, policy: Policy) -> tuple[int, int] | None:
    if workspace is None:
        return None
    plan = workspace.record.plan
    if plan.messages_per_second is None or plan.messages_per_day is None:
        return None
    per_second = plan.messages_per_second
    if workspace.record.state == "throttled" or (enforcement and enforcement.state == "throttled"):
        per_second = min(per_second, max(1, int(per_second * policy.document.throttled_share)))
    return per_second, plan.messages_per_day


def _per_report(workspace: Workspace | None, partitions: int) -> tuple[int, int]:
    if workspace is None:
        return 1, 1
    plan = workspace.record.plan
    per_second = (plan.messages_per_second or 0) // (REPORTS_PER_SECOND * partitions)
    per_day = (plan.messages_per_day or 0) // (DAY_REPORTS * partitions)
    return max(1, per_second), max(1, per_day)


def facts_about(  # noqa: PLR0913 - each is a source of facts, and none belongs into another
    message: OutboundMessage,
    recipient: str,
    choices: Choices | None,
    known: GlobalFacts,
    around: Surroundings,
    origin: Origin,
    *,
    times_judged: int,
    has_reservation: bool,
    refusals: Refusals = (),
    rights: Rights | None,
    whereabouts: Whereabouts,
    written: Written = NOTHING_WRITTEN,
    recent_messages: int | None = None,
) -> Facts:
    """Gather the facts of one message."""
    workspace = around.workspace
    actor = message.actor
    number, place = whereabouts
    return Facts(
        now_milliseconds=around.now_milliseconds,
        recipient=recipient,
        target=Target(message.channel, message.purpose, message.sender.id, message.brand or ""),
        workspace=workspace,
        actor=workspace.actor(actor.type, actor.id) if workspace and actor else None,
        enforcement=around.enforcement,
        choices=choices,
        refusals=refusals,
        rights=rights,
        number=number,
        place=place,
        rates=_rates(around, known),
        has_reservation=has_reservation,
        spread=_spread(origin[2]),
        verdict_id=f"{_source_hash(origin[0], origin[1])}{origin[2]:012x}{times_judged:04x}",
        seen=around.seen,
        degraded=around.degraded,
        party_list_days=around.party_list_days,
        brand_use=brand_use(message, number, workspace, known.segments, around.policy, around.now_milliseconds),
        listings=_listings(message, number, known.suppression) if known.suppression.lists else (),
        contacts=written.contacts,
        whatsapp=written.whatsapp,
        sender_states=written.sender_states,
        recent_messages=recent_messages,
    )


def whereabouts_of(message: OutboundMessage) -> Whereabouts:
    """Read the recipient's number, and say where its holder may be."""
    number = read_number(message.to) if isinstance(message.to, str) else None
    return number, _place(message, number)


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
    if number is None or not isinstance(message.to, str) or message.purpose == "authentication":
        return ()
    return lists.listings(message.to)


def _rates(around: Surroundings, known: GlobalFacts) -> tuple[RateReading, ...]:
    """Read the plan's limits against their use; empty when the plan does not state them."""
    if around.workspace is None or around.limits is None:
        return ()
    return known.usage.rates(around.workspace.id, around.limits, around.now_milliseconds)
