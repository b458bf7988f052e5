"""What `compliance consent show` and `export` print: a timeline that a person can read, and the ledger as a table."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from pipeline.domain.events import Command
from pipeline.domain.instants import to_text
from pipeline.domain.policies import Policy
from pipeline.domain.recipients import recipient_key
from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS, Target
from pipeline.state.consent_answer import NEVER
from pipeline.state.history import Act, Effect, Line, Record, Stood, Word, country_of, stood, timeline, visible

_EFFECTS: Final[Mapping[Effect, str]] = {
    "taken": "changed what stands on record",
    "changes nothing": "changed nothing: something newer, or the same, already stood in its place",
    "repeats": "the same entry once more; it changed nothing",
    "unconfirmed": "allowed nothing: the first half of a double opt-in, not confirmed by this entry",
    "from the future": "was refused: it is dated later than it came",
    "not carried out": "was not carried out: no command about a person that this version knows",
}
_WORDS: Final[Mapping[Word, str]] = {
    "consented": "consent stands",
    "ended": "consent has run out",
    "unconfirmed": "consent is not confirmed, and the policy asks for that in this country",
    "basis_missing": "consent is on record without its basis",
    "missing": "no consent on record",
    "opted_out": "opted out",
    "objected": "objected to marketing",
    "restricted": "use of the person's data is restricted",
    "erased": "the person was erased",
}
_KINDS: Final[Mapping[str, str]] = {
    "opt_in": "consent given",
    "import": "consent claimed by a list",
    "opt_out": "opt-out",
    "resume": "opt-out lifted by the person (START)",
    "expire": "consent ended",
    "reassigned": "number reassigned to somebody else",
    "object": "objection to marketing",
    "withdraw_objection": "objection withdrawn",
    "restrict": "restriction",
    "lift_restriction": "restriction lifted",
    "erase": "erasure",
}


class Question(NamedTuple):
    """Of whom, as of when, and what known by when; `targets` are the messages that are asked about."""

    names: Sequence[str]
    at_milliseconds: int
    known_milliseconds: int
    targets: Sequence[Target]
    policy: Policy


class Answer(NamedTuple):
    """What stood with regard to one workspace, and how it came about."""

    workspace_id: str
    lines: Sequence[Line]
    stood: Sequence[Stood]


def answers(acts: Iterable[Act], workspace_id: str | None, question: Question) -> list[Answer]:
    """Answer a question, workspace by workspace: for the one that is named, else for all that occur."""
    told = list(acts)
    workspaces = [workspace_id] if workspace_id else sorted({act.workspace_id for act in told} - {""}) or [""]
    at, known, policy = question.at_milliseconds, question.known_milliseconds, question.policy
    country = country_of(question.names[0])
    found = []
    for each in workspaces:
        lines = timeline(told, each, question.targets, policy, at, known, country)
        nothing = tuple(stood(Record(each), target, policy, at, country) for target in question.targets)
        found.append(Answer(each, lines, lines[-1].stood if lines else nothing))
    return found


def as_words(question: Question, found: Sequence[Answer], unseen: int) -> Iterator[str]:
    """Write answers as a page that a person can read.

    :param unseen: how many entries happened or became known only later
    """
    yield f"Register of consent of {', '.join(question.names)}"
    yield f"as of {to_text(question.at_milliseconds)}, by what was known at {to_text(question.known_milliseconds)}"
    yield f"policy {question.policy.stamp.version} ({question.policy.stamp.hash}); all times are UTC"
    if unseen:
        yield f"{unseen} later entries exist and are left out"
    for answer in found:
        yield ""
        yield f"Workspace {answer.workspace_id or '(none)'}"
        if not answer.lines:
            yield "  nothing is on record"
        for number, line in enumerate(answer.lines, start=1):
            yield from _line_in_words(number, line, question)
        yield f"  At {to_text(question.at_milliseconds)}:"
        for target, standing in zip(question.targets, answer.stood, strict=True):
            yield f"    {_name(target)}: {_in_words(standing)}"


def _line_in_words(number: int, line: Line, question: Question) -> Iterator[str]:
    act = line.act
    yield f"  {number}. {to_text(act.occurred_milliseconds)}  {_KINDS.get(act.kind, act.kind)}"
    yield f"     known since {to_text(act.known_milliseconds)}{_arrival(act)}"
    for name, value in _details(act).items():
        yield f"     {name}: {value}"
    yield f"     entry {act.id}, from {act.source}"
    yield f"     it {_EFFECTS[line.effect]}"
    words: dict[str, list[str]] = {}
    for target, standing in zip(question.targets, line.stood, strict=True):
        words.setdefault(_in_words(standing), []).append(_name(target))
    for text, names in words.items():
        yield f"     then: {text} ({', '.join(names)})"


def _arrival(act: Act) -> str:
    """Say when the log took an entry, where that differs from when its producer says it was known."""
    late = act.arrived_milliseconds - act.known_milliseconds
    if not act.arrived_milliseconds or abs(late) <= CLOCK_SKEW_MILLISECONDS:
        return ""
    return f" by its producer; taken by the log at {to_text(act.arrived_milliseconds)}"


def _details(act: Act) -> dict[str, str]:
    """Give what an act says besides: scope, basis, method, proof; who gave a command, and why."""
    if isinstance(act.what, Command):
        given = {"given by": f"{act.what.actor.type} {act.what.actor.id}", "reason": act.what.reason}
        if act.what.until is not None:
            given["until"] = act.what.until.isoformat()
        return {name: value for name, value in given.items() if value}
    scope = msgspec.to_builtins(act.what.scope)
    details = {"scope": ", ".join(f"{part} {value}" for part, value in scope.items() if value != "*") or "everything"}
    told = {"basis": act.what.basis, "method": act.what.method}
    details |= {name: value for name, value in told.items() if value}
    if act.what.expires_at is not None:
        details["stated end"] = act.what.expires_at.isoformat()
    if proof := _evidence(act):
        details["proof"] = ", ".join(f"{name} {value}" for name, value in proof.items())
    return details


def _evidence(act: Act) -> Mapping[str, Any]:
    try:
        evidence = msgspec.json.decode(act.value or b"{}").get("evidence")
    except (msgspec.DecodeError, AttributeError):
        return {}
    return evidence if isinstance(evidence, dict) else {}


def _name(target: Target) -> str:
    parts = [target.channel, target.purpose]
    parts += [f"from {target.sender}"] if target.sender else []
    parts += [f"for {target.brand}"] if target.brand else []
    return " ".join(parts)


def _in_words(standing: Stood) -> str:
    text = _WORDS[standing.word]
    if standing.rests_on:
        text += f", by entry {standing.rests_on}"
    if standing.ends_milliseconds < NEVER:
        text += f", {'since' if standing.word == 'ended' else 'until'} {to_text(standing.ends_milliseconds)}"
    return text


def as_json(question: Question, found: Sequence[Answer], unseen: int) -> bytes:
    """Write answers for a program: one object."""
    return msgspec.json.encode(
        {
            "names": question.names,
            "at": to_text(question.at_milliseconds),
            "known_at": to_text(question.known_milliseconds),
            "policy": question.policy.stamp,
            "later_entries": unseen,
            "workspaces": [
                {
                    "workspace_id": answer.workspace_id,
                    "entries": [_line_as_object(line, question) for line in answer.lines],
                    "stood": _stood_as_objects(answer.stood, question),
                }
                for answer in found
            ],
        }
    )


def _line_as_object(line: Line, question: Question) -> dict[str, Any]:
    act = line.act
    return {
        "id": act.id,
        "kind": act.kind,
        "occurred_at": to_text(act.occurred_milliseconds),
        "known_at": to_text(act.known_milliseconds),
        "arrived_at": to_text(act.arrived_milliseconds) if act.arrived_milliseconds else None,
        "source": act.source,
        **_details(act),
        "effect": line.effect,
        "stood": _stood_as_objects(line.stood, question),
    }


def _stood_as_objects(standings: Sequence[Stood], question: Question) -> list[dict[str, Any]]:
    return [
        {
            **target._asdict(),
            "word": standing.word,
            "rests_on": standing.rests_on or None,
            "ends_at": to_text(standing.ends_milliseconds) if standing.ends_milliseconds < NEVER else None,
        }
        for target, standing in zip(question.targets, standings, strict=True)
    ]


def count_unseen(acts: Sequence[Act], workspace_id: str | None, question: Question) -> int:
    """Count the entries that happened, or became known, only after the times that are asked for."""
    about = [act for act in acts if workspace_id is None or act.workspace_id in ("", workspace_id)]
    seen = {
        act.source
        for each in {act.workspace_id for act in about}
        for act in visible(about, each, question.at_milliseconds, question.known_milliseconds)
    }
    return len({act.source for act in about} - seen)


COLUMNS: Final = (
    *("consent_event_id", "workspace_id", "to", "action", "channel", "purpose", "sender", "brand"),
    *("basis", "method", "occurred_at", "recorded_at", "expires_at", "evidence"),
)


def as_csv(acts: Iterable[Act]) -> Iterator[str]:
    """Write consent events as a table that `import` reads again; commands about people are left out."""
    yield _csv_line(COLUMNS)
    for act in acts:
        if isinstance(act.what, Command):
            continue
        event = msgspec.to_builtins(act.what)
        evidence = _evidence(act)
        cells = event | event["scope"] | {"to": recipient_key(act.what.to)}
        cells["evidence"] = msgspec.json.encode(evidence).decode() if evidence else ""
        yield _csv_line([_harmless(cells.get(column)) for column in COLUMNS])


def _harmless(cell: object) -> str:
    """Keep a spreadsheet from taking a cell for a formula; a number with its plus sign is none."""
    text = "" if cell is None else str(cell)
    is_number = text[:1] == "+" and text[1:].isdigit()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") and not is_number else text


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
