"""The consent register as of any time: what is on record of one person, folded up to a day and to what was known then.

Two times matter: when something happened (`occurred_at`) and when we came to know of it (`recorded_at`). Asked for one
time and one state of knowledge, the answer is that of the register then: both fold the same choices by the same merges.

Delivery: order and repetition of the acts don't matter; an act that comes again is the one that was known first.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from pipeline.domain.events import Command, ConsentEvent
from pipeline.domain.numbers import read_number
from pipeline.domain.policies import Policy
from pipeline.state import choices as choosing
from pipeline.state import rights as demanding
from pipeline.state.choices import NO_CHOICES, Choices, Target, standing_withdrawal, within_calendar
from pipeline.state.consent_answer import NEVER, Answer, consent_answer
from pipeline.state.rights import NO_RIGHTS, PERSON_COMMANDS, Demand, RightKind, Rights, standing_demand

Effect = Literal["taken", "changes nothing", "repeats", "unconfirmed", "from the future", "not carried out"]
"""What an act did to the record: `taken` changed it; `changes nothing` was older than what stood in its place."""

Word = Answer | Literal["opted_out", "objected", "restricted", "erased"]
"""What stood for a message: the answer to consent, or what went before it."""

_DEMAND_WORDS: Final[dict[RightKind, Word]] = {
    RightKind.RESTRICTION: "restricted",
    RightKind.OBJECTION: "objected",
    RightKind.ERASURE: "erased",
}


class Act(NamedTuple):
    """One entry of the ledger: what a person or an officer did, and where it is written.

    `arrived_milliseconds` is when the log took it, 0 where that is not known (a file). `value` is what was written,
    with the proof that is not decoded.
    """

    what: ConsentEvent | Command
    source: str
    arrived_milliseconds: int = 0
    value: bytes = b""

    @property
    def id(self) -> str:
        """The act's id, from whoever recorded it."""
        return self.what.command_id if isinstance(self.what, Command) else self.what.consent_event_id

    @property
    def workspace_id(self) -> str:
        """The workspace that it is about; empty: all."""
        if isinstance(self.what, Command):
            return self.what.subject.workspace_id or ""
        return self.what.workspace_id

    @property
    def kind(self) -> str:
        """What was done: an action of a consent event, or the kind of a command."""
        return self.what.kind if isinstance(self.what, Command) else self.what.action

    @property
    def occurred_milliseconds(self) -> int:
        """When it happened."""
        return within_calendar(self.what.occurred_at)

    @property
    def known_milliseconds(self) -> int:
        """When it became known: of a command, when it was given."""
        return self.occurred_milliseconds if isinstance(self.what, Command) else within_calendar(self.what.recorded_at)


class Record(NamedTuple):
    """What the register holds of one person with regard to one workspace."""

    workspace_id: str
    choices: Choices = NO_CHOICES
    rights: Rights = NO_RIGHTS


class Stood(NamedTuple):
    """What stood for a message: the word, the id of the act that it rests on (empty: none), and when it ends."""

    word: Word
    rests_on: str = ""
    ends_milliseconds: int = NEVER


class Line(NamedTuple):
    """One line of a timeline: an act, what it did to the record, and what stood after it, target by target."""

    act: Act
    effect: Effect
    stood: tuple[Stood, ...]


def record_at(acts: Iterable[Act], workspace_id: str, at_milliseconds: int, known_milliseconds: int) -> Record:
    """Fold what happened up to a time, of what was known by another, into the record of that time."""
    record = Record(workspace_id)
    for act in visible(acts, workspace_id, at_milliseconds, known_milliseconds):
        record, _ = take(record, act)
    return record


def timeline(  # noqa: PLR0913 - the two times, the place, and what is asked
    acts: Iterable[Act],
    workspace_id: str,
    targets: Sequence[Target],
    policy: Policy,
    at_milliseconds: int,
    known_milliseconds: int,
    country: str,
) -> list[Line]:
    """Tell act by act, in the order in which they became known, what each changed and what stood then.

    A line says what stood when its act became known, the last one what stood at the time that is asked for.
    """
    lines: list[Line] = []
    record = Record(workspace_id)
    seen: set[tuple[str, str]] = set()
    told = visible(acts, workspace_id, at_milliseconds, known_milliseconds)
    for number, act in enumerate(told, start=1):
        record, effect = take(record, act)
        if (act.kind, act.id) in seen:
            effect = "repeats"
        seen.add((act.kind, act.id))
        when = at_milliseconds if number == len(told) else min(act.known_milliseconds, at_milliseconds)
        lines.append(Line(act, effect, tuple(stood(record, target, policy, when, country) for target in targets)))
    return lines


def visible(acts: Iterable[Act], workspace_id: str, at_milliseconds: int, known_milliseconds: int) -> list[Act]:
    """List the acts about a workspace that had happened by a time and were known by another, as they became known."""
    about = [
        act
        for act in acts
        if act.workspace_id in ("", workspace_id)
        and act.occurred_milliseconds <= at_milliseconds
        and act.known_milliseconds <= known_milliseconds
    ]
    return sorted(about, key=lambda act: (act.known_milliseconds, act.occurred_milliseconds, act.id, act.source))


def take(record: Record, act: Act) -> tuple[Record, Effect]:
    """Take an act into a record, as the register does; also says what it changed."""
    taken_milliseconds = act.arrived_milliseconds or act.known_milliseconds
    if isinstance(act.what, Command):
        return _take_command(record, act.what, taken_milliseconds)
    return _take_consent(record, act.what, taken_milliseconds)


def _take_command(record: Record, command: Command, taken_milliseconds: int) -> tuple[Record, Effect]:
    if command.kind not in PERSON_COMMANDS:
        return record, "not carried out"
    demand = demanding.as_taken(demanding.demand_from(command), taken_milliseconds)
    if demand is None:
        return record, "from the future"
    rights = demanding.merge(record.rights, demand)
    if rights == record.rights:
        return record, "changes nothing"
    return _erased(record._replace(rights=rights), demand), "taken"


def _take_consent(record: Record, event: ConsentEvent, taken_milliseconds: int) -> tuple[Record, Effect]:
    if choosing.is_unconfirmed(event):
        return record, "unconfirmed"
    choice = choosing.as_taken(choosing.choice_from(event), taken_milliseconds)
    if choice is None:
        return record, "from the future"
    is_erased = choice.occurred_milliseconds <= demanding.erased_milliseconds(record.rights, record.workspace_id)
    is_known = is_erased or choosing.has_same(record.choices, choice)
    choices = record.choices if is_known else choosing.merge(record.choices, (choice,))
    if choices.entries == record.choices.entries:
        return record, "changes nothing"
    return record._replace(choices=choices), "taken"


def stood(record: Record, target: Target, policy: Policy, at_milliseconds: int, country: str) -> Stood:
    """Say what stands for a message at a time: a demand, else an opt-out, else the answer to consent."""
    demand = standing_demand(record.rights, record.workspace_id, target, record.choices, at_milliseconds)
    if demand is not None:
        return Stood(_DEMAND_WORDS[demand.kind], demand.command_id, demand.until_milliseconds or NEVER)
    withdrawal = standing_withdrawal(record.choices, target)
    if withdrawal is not None:
        return Stood("opted_out", withdrawal.event_id)
    answer, consent, ends_milliseconds = consent_answer(record.choices, target, country, policy, at_milliseconds)
    return Stood(answer, consent.event_id if consent is not None else "", ends_milliseconds)


def country_of(recipient: str) -> str:
    """Name the country whose law ends a consent: the number's, or that in front of a business-scoped id."""
    if recipient.startswith("wa:"):
        return recipient.rpartition(":")[2].partition(".")[0]
    number = read_number(recipient)
    return number.country if number is not None else ""


def _erased(record: Record, demand: Demand) -> Record:
    """Forget the choices that an erasure reaches, as the register does."""
    if demand.kind is not RightKind.ERASURE:
        return record
    kept = tuple(each for each in record.choices.entries if each.occurred_milliseconds > demand.occurred_milliseconds)
    return record._replace(choices=Choices(kept, record.choices.workspace_id))
