"""What one recipient chose with regard to one workspace: consents given, withdrawn, resumed, ended.

A record keeps, for each kind of choice, scope and basis, the newest one. That is enough to decide as of now, it is
bounded by the number of scopes, and it makes the merge order-free: the newest by (occurred, recorded, id) wins
wherever it arrives (a join of a semilattice; `tests/properties/test_choices_laws.py`).

Delivery: redelivery and reordering change nothing. After a restart the record comes from the changelog. An empty
record means that nothing is known of the recipient, which is not consent.

Source: rules/consent.md section 2 ("order by event time; on a tie the revocation wins").
"""

import enum
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from pipeline.domain.events import ConsentAction, ConsentEvent, Scope
from pipeline.domain.instants import to_datetime, to_milliseconds


class Kind(enum.IntEnum):
    """What a choice does. Stored as a number: the values are part of the state format."""

    CONFIRMED = 0
    """Consent given by an act of the person that a second act confirmed (double opt-in)."""
    GRANT = 1
    """Consent given by an act of the person."""
    IMPORTED = 2
    """Consent that a list claims; it never lifts a withdrawal."""
    WITHDRAWAL = 3
    RESUME = 4
    """An act of the person that lifts a withdrawal without giving new consent (START)."""
    END = 5
    """Consent that ended by itself: it expired, or the number went to somebody else."""


PROVISIONAL_BASIS: Final = "reply_unconfirmed"
"""The basis of a withdrawal that was read in a reply that may mean something else."""


class Choice(Struct, frozen=True, array_like=True, gc=False):
    """One choice; instants in milliseconds since 1970 (UTC)."""

    kind: Kind
    channel: str
    purpose: str
    sender: str
    brand: str
    basis: str
    occurred_milliseconds: int
    recorded_milliseconds: int
    event_id: str
    expires_milliseconds: int = 0
    """0: no stated end."""
    confirmed_by: str = ""
    """Of a withdrawal: the message that confirmed it; one is allowed (47 CFR 64.1200(a)(12))."""

    @property
    def is_provisional(self) -> bool:
        """Whether this is a withdrawal that nobody is sure of yet; it forbids like any other until it is settled."""
        return self.basis == PROVISIONAL_BASIS and self.kind is Kind.WITHDRAWAL

    def covers(self, target: "Target") -> bool:
        """Tell whether this choice speaks of a message.

        A message that names no brand is covered by a withdrawal for any brand, and by consent for none but `*`.
        """
        return (
            self.channel in ("*", target.channel)
            and self.purpose in ("*", target.purpose)
            and self.sender in ("*", target.sender)
            and (self.brand in ("*", target.brand) or (target.brand == "" and self.kind is Kind.WITHDRAWAL))
        )


class Target(NamedTuple):
    """What a choice must speak of to matter for a message; an unknown brand is the empty text."""

    channel: str
    purpose: str
    sender: str
    brand: str


class Choices(Struct, frozen=True, array_like=True, gc=False):
    """All current choices of one recipient with regard to one workspace."""

    entries: tuple[Choice, ...] = ()
    workspace_id: str = ""


NO_CHOICES = Choices()

ENTRIES_MAX = 256
"""Withdrawals, and other choices, kept per recipient and workspace.

Of the others the oldest go first: whatever an end that was forgotten had ended is older still, so it is forgotten too,
and forgetting consent is safe. A withdrawal is never forgotten: too many become one withdrawal of everything, as new as
the newest. That widens what the person refused, until the person lifts it.
"""

_WIDENED_BASIS: Final = "withdrawals beyond the limit"
_WIDENED_SLOT: Final = (int(Kind.WITHDRAWAL), "*", "*", "*", "*", _WIDENED_BASIS)

INSTANT_MAX_MILLISECONDS: Final = to_milliseconds(datetime.max.replace(tzinfo=UTC))
"""The last millisecond that can be written as text again. Earlier than 1970 is some producer's "unknown"."""

_KIND_BY_ACTION = {
    "opt_in": Kind.GRANT,
    "import": Kind.IMPORTED,
    "opt_out": Kind.WITHDRAWAL,
    "resume": Kind.RESUME,
    "expire": Kind.END,
    "reassigned": Kind.END,
}


REQUESTED: Final = "double_opt_in_request"
"""Method of an opt-in that still waits for its confirmation: it is no choice yet."""
CONFIRMED: Final = "double_opt_in"
"""Method of an opt-in that was confirmed by a second act, from the number or address itself."""


def is_unconfirmed(event: ConsentEvent) -> bool:
    """Tell whether an event is the first half of a double opt-in, which anybody may have typed: it changes nothing."""
    return event.action == "opt_in" and event.method == REQUESTED


def choice_from(event: ConsentEvent) -> Choice:
    """Turn a consent event into the choice it records. A number that was reassigned ends consent of every scope.

    The caller leaves out what `is_unconfirmed`.
    """
    scope = Scope() if event.action == "reassigned" else event.scope
    is_confirmed = event.action == "opt_in" and event.method == CONFIRMED
    return Choice(
        kind=Kind.CONFIRMED if is_confirmed else _KIND_BY_ACTION[event.action],
        channel=scope.channel,
        purpose=scope.purpose,
        sender=scope.sender,
        brand=scope.brand,
        basis=event.basis or "",
        occurred_milliseconds=within_calendar(event.occurred_at),
        recorded_milliseconds=within_calendar(event.recorded_at),
        event_id=event.consent_event_id,
        expires_milliseconds=max(1, within_calendar(event.expires_at)) if event.expires_at else 0,
    )


CLOCK_SKEW_MILLISECONDS: Final = 300_000
"""How far in the future an act may lie before it is disbelieved: what producers' clocks may differ by."""


def as_taken(choice: Choice, now_milliseconds: int) -> Choice | None:
    """Say as what a choice counts that comes at a time: one from the future can't have happened.

    A withdrawal or an end then counts as made now; anything that would allow more counts as nothing (`None`).
    """
    if choice.occurred_milliseconds <= now_milliseconds + CLOCK_SKEW_MILLISECONDS:
        return choice
    if choice.kind not in (Kind.WITHDRAWAL, Kind.END):
        return None
    return replace(choice, occurred_milliseconds=now_milliseconds)


def within_calendar(instant: datetime) -> int:
    """Turn an instant into milliseconds since 1970, moved to the nearest that a choice can hold."""
    return min(max(to_milliseconds(instant), 0), INSTANT_MAX_MILLISECONDS)


_ACTION_BY_KIND: dict[Kind, ConsentAction] = {
    Kind.CONFIRMED: "opt_in",
    Kind.GRANT: "opt_in",
    Kind.IMPORTED: "import",
    Kind.WITHDRAWAL: "opt_out",
    Kind.RESUME: "resume",
    Kind.END: "expire",
}


def event_from(choice: Choice, workspace_id: str, recipient: str) -> ConsentEvent:
    """Word a choice as the consent event that would record it, to tell it to another name of the same person."""
    return ConsentEvent(
        consent_event_id=choice.event_id,
        workspace_id=workspace_id,
        to=recipient,
        action=_ACTION_BY_KIND[choice.kind],
        occurred_at=to_datetime(choice.occurred_milliseconds),
        recorded_at=to_datetime(choice.recorded_milliseconds),
        scope=Scope(choice.channel, choice.purpose, choice.sender, choice.brand),
        basis=choice.basis or None,
        method=CONFIRMED if choice.kind is Kind.CONFIRMED else None,
        expires_at=to_datetime(choice.expires_milliseconds) if choice.expires_milliseconds else None,
    )


def merge(choices: Choices, added: Iterable[Choice]) -> Choices:
    """Take in choices: for each kind, scope and basis the newest stays. Order and repetition don't matter."""
    newest = {_slot(choice): choice for choice in choices.entries}
    for choice in added:
        slot = _slot(choice)
        known = newest.get(slot)
        if known is None or _age(choice) > _age(known):
            newest[slot] = choice
    if len(newest) > ENTRIES_MAX or _WIDENED_SLOT in newest:
        newest = _fitted(newest)
    return Choices(tuple(newest[slot] for slot in sorted(newest)), choices.workspace_id)


def has_same(choices: Choices, choice: Choice) -> bool:
    """Tell whether an act is on record, whatever it says of when it became known.

    A list that is imported again says so of a later time, and changes nothing.
    """
    return any(
        entry.event_id == choice.event_id
        and entry.occurred_milliseconds == choice.occurred_milliseconds
        and _slot(entry) == _slot(choice)
        for entry in choices.entries
    )


GRANTING: Final = (Kind.GRANT, Kind.CONFIRMED)
"""Consent by an act of the person."""
_LIFTING = (Kind.RESUME, *GRANTING)
_CONSENTING = (*GRANTING, Kind.IMPORTED)


def standing_withdrawal(choices: Choices, target: Target) -> Choice | None:
    """Find the withdrawal that forbids a message: the newest that covers it and that no later act of the person lifts.

    A resumption or new consent lifts it only when it happened later; at the same instant the withdrawal stands. What a
    list claims (an import) lifts nothing, however late it says it happened. One that is sure goes before a provisional
    one, however new: who has said stop is not asked about it again.
    """
    entries = choices.entries
    if not entries or entries[-1].kind < Kind.WITHDRAWAL:  # they are sorted by kind: nothing but consent here
        return None
    withdrawal: Choice | None = None
    provisional: Choice | None = None
    lifted_milliseconds = -1
    for choice in choices.entries:
        if choice.kind is Kind.WITHDRAWAL:
            if choice.basis == PROVISIONAL_BASIS:
                if (provisional is None or _age(choice) > _age(provisional)) and choice.covers(target):
                    provisional = choice
            elif (withdrawal is None or _age(choice) > _age(withdrawal)) and choice.covers(target):
                withdrawal = choice
        elif choice.kind in _LIFTING and choice.occurred_milliseconds > lifted_milliseconds and choice.covers(target):
            lifted_milliseconds = choice.occurred_milliseconds
    for standing in (withdrawal, provisional):
        if standing is not None and lifted_milliseconds <= standing.occurred_milliseconds:
            return standing
    return None


def provisional_withdrawals(choices: Choices) -> list[Choice]:
    """List the provisional withdrawals that no later act of the person, of their scope or a wider one, has settled."""
    settling = [c for c in choices.entries if c.kind in (*_LIFTING, Kind.WITHDRAWAL) and not c.is_provisional]
    return [
        asked
        for asked in choices.entries
        if asked.is_provisional
        and not any(
            act.occurred_milliseconds > asked.occurred_milliseconds
            and act.channel in ("*", asked.channel)
            and act.purpose in ("*", asked.purpose)
            and act.sender in ("*", asked.sender)
            and act.brand in ("*", asked.brand)
            for act in settling
        )
    ]


def standing_consents(choices: Choices, target: Target) -> list[Choice]:
    """List the consents that cover a message and did not end, newest last, those that have run out among them."""
    consents = []
    ended_milliseconds = -1
    for choice in choices.entries:
        if choice.kind in _CONSENTING:
            if choice.covers(target):
                consents.append(choice)
        elif choice.kind is Kind.END and choice.occurred_milliseconds > ended_milliseconds and choice.covers(target):
            ended_milliseconds = choice.occurred_milliseconds
    if len(consents) > 1:
        consents.sort(key=_age)
    return (
        [c for c in consents if c.occurred_milliseconds > ended_milliseconds] if ended_milliseconds >= 0 else consents
    )


def granted_milliseconds(choices: Choices, target: Target) -> int:
    """Say when the person last consented, by an act of their own, to what covers a message; -1: never."""
    granted = -1
    for choice in choices.entries:
        if choice.kind > Kind.GRANT:  # they are sorted by kind
            break
        if choice.occurred_milliseconds > granted and choice.covers(target):
            granted = choice.occurred_milliseconds
    return granted


def confirm(choices: Choices, withdrawal: Choice, message_id: str) -> Choices:
    """Record that a message confirmed a withdrawal, so that no second one passes."""
    confirmed = replace(withdrawal, confirmed_by=message_id)
    entries = tuple(confirmed if entry == withdrawal else entry for entry in choices.entries)
    return Choices(entries, choices.workspace_id)


_Slot = tuple[int, str, str, str, str, str]


def _fitted(newest: dict[_Slot, Choice]) -> dict[_Slot, Choice]:
    """Cut a record to its limit: the oldest of what is no withdrawal goes; too many withdrawals become one."""
    withdrawals = {slot: choice for slot, choice in newest.items() if choice.kind is Kind.WITHDRAWAL}
    others = [item for item in newest.items() if item[1].kind is not Kind.WITHDRAWAL]
    if _WIDENED_SLOT in withdrawals or len(withdrawals) > ENTRIES_MAX:
        withdrawals = {_WIDENED_SLOT: max(map(_widened, withdrawals.values()), key=_age)}
    return withdrawals | dict(sorted(others, key=lambda item: _age(item[1]))[-ENTRIES_MAX:])


def _widened(withdrawal: Choice) -> Choice:
    return Choice(
        kind=Kind.WITHDRAWAL,
        channel="*",
        purpose="*",
        sender="*",
        brand="*",
        basis=_WIDENED_BASIS,
        occurred_milliseconds=withdrawal.occurred_milliseconds,
        recorded_milliseconds=withdrawal.recorded_milliseconds,
        event_id=withdrawal.event_id,
        confirmed_by=withdrawal.confirmed_by,
    )


def _slot(choice: Choice) -> _Slot:
    return (int(choice.kind), choice.channel, choice.purpose, choice.sender, choice.brand, choice.basis)


def _age(choice: Choice) -> tuple[int, int, str, str]:
    return (choice.occurred_milliseconds, choice.recorded_milliseconds, choice.event_id, choice.confirmed_by)
