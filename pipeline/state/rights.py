"""What a person has demanded as a data subject: objection, restriction, erasure, and what lifts them (clause 7.2).

A record keeps the newest demand of each kind for each workspace and for all of them together. It outlives an erasure,
because what was erased must stay stopped: it lies under a hash of the person's name and holds neither number nor text.

Delivery: the newest demand by (occurred, being made, id) stands, so redelivery and reordering end in the same record.

Source: GDPR Art. 17, 18, 21(2)-(3).
"""

import enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from pipeline.domain.events import Command, CommandActor, CommandSubject
from pipeline.domain.instants import to_datetime
from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS, Choices, Target, granted_milliseconds, within_calendar


class RightKind(enum.IntEnum):
    """What is demanded, strictest last. Stored as a number: the values are part of the state format."""

    RESTRICTION = 1
    """Nothing is sent but what the person asks for, until it is lifted."""
    OBJECTION = 2
    """No marketing, until the person consents anew."""
    ERASURE = 3
    """Nothing is sent, until the person consents anew."""


class Demand(Struct, frozen=True, array_like=True, gc=False):
    """One demand, or the lifting of one; instants in milliseconds since 1970 (UTC)."""

    kind: RightKind
    workspace_id: str
    """Empty: all workspaces."""
    is_made: bool
    """False: lifted."""
    occurred_milliseconds: int
    command_id: str
    until_milliseconds: int = 0
    """0: no stated end."""


class Rights(Struct, frozen=True, array_like=True, gc=False):
    """All demands of one person, sorted."""

    demands: tuple[Demand, ...] = ()


NO_RIGHTS: Final = Rights()

DEMANDS_MAX: Final = 256
"""Demands kept per person. Beyond it the demands of a kind about single workspaces become one about all of them, as new
as the newest: that widens what was demanded, and forgets nothing."""

_MEANINGS: Final = {
    "object": (RightKind.OBJECTION, True),
    "withdraw_objection": (RightKind.OBJECTION, False),
    "restrict": (RightKind.RESTRICTION, True),
    "lift_restriction": (RightKind.RESTRICTION, False),
    "erase": (RightKind.ERASURE, True),
}
PERSON_COMMANDS: Final = tuple(_MEANINGS)
"""The kinds of commands about a person that are carried out."""
_KINDS: Final = {meaning: kind for kind, meaning in _MEANINGS.items()}


def demand_from(command: Command) -> Demand:
    """Turn a command about a person, of one of `PERSON_COMMANDS`, into the demand that it makes or lifts."""
    kind, is_made = _MEANINGS[command.kind]
    return Demand(
        kind=kind,
        workspace_id=command.subject.workspace_id or "",
        is_made=is_made,
        occurred_milliseconds=within_calendar(command.occurred_at),
        command_id=command.command_id,
        until_milliseconds=max(1, within_calendar(command.until)) if command.until else 0,
    )


def as_taken(demand: Demand, now_milliseconds: int) -> Demand | None:
    """Say as what a demand counts that comes at a time: made in the future, as made now; lifted there, as nothing."""
    if demand.occurred_milliseconds <= now_milliseconds + CLOCK_SKEW_MILLISECONDS:
        return demand
    return replace(demand, occurred_milliseconds=now_milliseconds) if demand.is_made else None


def command_from(demand: Demand, recipient: str) -> Command:
    """Word a demand as the command that would make it, to tell it to another name of the same person."""
    return Command(
        command_id=demand.command_id,
        kind=_KINDS[demand.kind, demand.is_made],
        subject=CommandSubject(recipient=recipient, workspace_id=demand.workspace_id or None),
        actor=CommandActor("system", "other-name"),
        occurred_at=to_datetime(demand.occurred_milliseconds),
        until=to_datetime(demand.until_milliseconds) if demand.until_milliseconds else None,
    )


def merge(rights: Rights, demand: Demand) -> Rights:
    """Take in a demand: of each kind and workspace the newest stays. Order and repetition don't matter."""
    newest = {(known.kind, known.workspace_id): known for known in rights.demands}
    known = newest.get((demand.kind, demand.workspace_id))
    if known is not None and _age(demand) <= _age(known):
        return rights
    newest[demand.kind, demand.workspace_id] = demand
    if len(newest) > DEMANDS_MAX:
        return _widened(tuple(newest.values()))
    return Rights(tuple(newest[key] for key in sorted(newest)))


def standing_demand(
    rights: Rights, workspace_id: str, target: Target, choices: Choices, now_milliseconds: int
) -> Demand | None:
    """Find the strictest demand that forbids a message.

    An objection and an erasure end with consent that the person gives later, for what it covers; at the same instant
    the demand stands. A START, or what a list claims, is no such consent. A restriction leaves codes alone, which the
    person asks for at that moment, and ends when it is lifted or at its own time.
    """
    found: Demand | None = None
    for demand in rights.demands:
        if not demand.is_made or demand.workspace_id not in ("", workspace_id):
            continue
        if demand.kind is RightKind.RESTRICTION:
            stands = target.purpose != "authentication" and not 0 < demand.until_milliseconds <= now_milliseconds
        elif demand.kind is RightKind.OBJECTION and target.purpose != "marketing":
            stands = False
        else:
            stands = granted_milliseconds(choices, target) <= demand.occurred_milliseconds
        if stands and (found is None or demand.kind >= found.kind):
            found = demand
    return found


def erased_milliseconds(rights: Rights, workspace_id: str) -> int:
    """Say when what is known of a person with regard to a workspace was last erased; -1: never."""
    return max(
        (
            demand.occurred_milliseconds
            for demand in rights.demands
            if demand.kind is RightKind.ERASURE and demand.workspace_id in ("", workspace_id)
        ),
        default=-1,
    )


def _age(demand: Demand) -> tuple[int, bool, str]:
    """Order demands: at the same instant one that is made wins over one that is lifted."""
    return (demand.occurred_milliseconds, demand.is_made, demand.command_id)


def _widened(demands: tuple[Demand, ...]) -> Rights:
    widened: dict[RightKind, Demand] = {}
    for demand in demands:
        known = widened.get(demand.kind)
        wide = Demand(demand.kind, "", True, demand.occurred_milliseconds, demand.command_id)  # noqa: FBT003 - a struct
        if demand.is_made and (known is None or _age(wide) > _age(known)):
            widened[demand.kind] = wide
    return Rights(tuple(widened[kind] for kind in sorted(widened)))
