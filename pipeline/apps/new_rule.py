"""`compliance new-rule`: a rule's module, test and page, in the form that all rules have, ready to be written."""

import keyword
import re
from pathlib import Path
from string import Template

import click

from pipeline.domain.clauses import CLAUSE_BY_ID

_MODULE = Template('''\
"""Block a message under $clauses_in_summary."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "$rule_id"
PHRASES: tuple[str, ...] = ()
"""What a message must not say, case-folded. Empty, so that the rule is silent until it is written."""


def check(_message: OutboundMessage, reading: Reading, _facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the text says one of the phrases.

    A fact that is missing is `None` and answers with `Outcome.HOLD`; it is never guessed.
    """
    text = reading.text.casefold()
    said = [phrase for phrase in PHRASES if phrase in text]
    if not said:
        return None
    return finding(RULE_ID, "$clause", Outcome.BLOCK, "$rule_id", {"phrases": len(said)})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=($clause_literals),
    hard=$is_hard,
    source="Acceptable use policy, $clauses_in_short",
    check=check,
)
''')

_TEST = Template('''\
"""The rule `$rule_id`: what it stops, and what it lets pass."""

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.$rule_id import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

OFFENDING = "The shortest message that the rule must stop stands here."
ORDINARY = "Your appointment is tomorrow at 10:00."


def judge(text: str) -> Finding | None:
    """Have the rule look at an otherwise ordinary message with this text."""
    message = build_message(content={"type": "text", "text": text})
    return RULE.check(message, read_content(message.content), build_facts(message), build_policy())


def test_stops_an_offending_message() -> None:
    """A message that offends is blocked, and the finding names the clause."""
    found = judge(OFFENDING)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "$clause", "$rule_id")


def test_lets_an_ordinary_message_pass() -> None:
    """The nearest ordinary message passes; silence counts only from a rule that can object."""
    assert judge(OFFENDING) is not None
    assert judge(ORDINARY) is None
''')

_PAGE = Template("""\
# `$rule_id`

Blocks a message under $clauses_in_words. $hardness

## What it does

It objects when the text of a message says one of the phrases in `PHRASES`, whatever their case. There are none so far.

## Source

Acceptable use policy, $clauses_in_short.

## Passes, does not pass

| message | outcome | why |
|---|---|---|
| Your appointment is tomorrow at 10:00. | passes | says none of the phrases |

## What the sender reads

The reason `$rule_id` in `pipeline/domain/reasons.py`.

## Known gaps

Phrases are compared letter by letter: look-alike letters and other wordings pass.

## Confidence

Low: not yet tried on real messages.
""")

_NEXT_STEPS = Template("""\
Made
$made

Add to the imports of pipeline/rules/__init__.py, and $constant to RULES where its findings shall be listed:
  from pipeline.rules.$rule_id import RULE as $constant

Add to REASONS in pipeline/domain/reasons.py what the sender reads:
    "$rule_id": Reason(
        "The message says what $clauses_in_short of the acceptable use policy does not allow.",
        "Take it out and send the message again.",
        "policy",
        _REFUSED,
    ),

The tests fail until PHRASES and OFFENDING are written:
  make test ARGS=tests/unit/rules/test_$rule_id.py
""")


def _files(rule_id: str, values: dict[str, str]) -> dict[Path, str]:
    return {
        Path("pipeline/rules", f"{rule_id}.py"): _MODULE.substitute(values),
        Path("tests/unit/rules", f"test_{rule_id}.py"): _TEST.substitute(values),
        Path("docs/rules", f"{rule_id}.md"): _PAGE.substitute(values),
    }


def _values(rule_id: str, clauses: tuple[str, ...]) -> dict[str, str]:
    is_hard = any(CLAUSE_BY_ID[clause].is_hard for clause in clauses)
    literals = ", ".join(f'"{clause}"' for clause in clauses)
    in_short = " and ".join(f"clause {clause}" for clause in clauses)
    in_words = " and ".join(f"clause {clause} ({CLAUSE_BY_ID[clause].text})" for clause in clauses)
    return {
        "rule_id": rule_id,
        "constant": rule_id.upper(),
        "clause": clauses[0],
        "clause_literals": literals if len(clauses) > 1 else f"{literals},",
        "clauses_in_short": in_short,
        "clauses_in_summary": in_words if len(clauses) == 1 else in_short,
        "clauses_in_words": in_words,
        "is_hard": str(is_hard),
        "hardness": "Hard: nobody can switch it off." if is_hard else "A policy may set it to `shadow` or `off`.",
    }


def _known_clauses(_context: click.Context, _parameter: click.Parameter, clauses: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [clause for clause in clauses if clause not in CLAUSE_BY_ID]
    if unknown:
        message = f"there is no clause {', '.join(unknown)}; the clauses are {', '.join(CLAUSE_BY_ID)}"
        raise click.BadParameter(message)
    return tuple(dict.fromkeys(clauses))


def _usable_id(_context: click.Context, _parameter: click.Parameter, rule_id: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", rule_id) or keyword.iskeyword(rule_id):
        message = f"{rule_id!r} can't name a module; use lower case words joined by _, such as link_shorteners"
        raise click.BadParameter(message)
    return rule_id


@click.command("new-rule")
@click.argument("rule_id", callback=_usable_id)
@click.option("--clause", "clauses", multiple=True, required=True, callback=_known_clauses, help="What it enforces.")
@click.option("--directory", type=click.Path(path_type=Path), default=Path(), help="The checkout; by default, here.")
def new_rule(rule_id: str, clauses: tuple[str, ...], directory: Path) -> None:
    """Make the module, test and page of a new rule.

    RULE_ID is all of the rule's names: module, test, page, reason code and metric label. With more than one --clause,
    findings name the first.
    """
    if not (directory / "pipeline/rules/__init__.py").exists():
        message = f"{directory.resolve()} is no checkout: it has no pipeline/rules; name one with --directory"
        raise click.ClickException(message)
    values = _values(rule_id, clauses)
    files = _files(rule_id, values)
    for path in files:
        if (directory / path).exists():
            message = f"{path} exists already; choose another id, or delete it first"
            raise click.ClickException(message)
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    made = "\n".join(f"  {path}" for path in files)
    click.echo(_NEXT_STEPS.substitute(values, made=made), nl=False)
