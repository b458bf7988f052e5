"""`compliance clauses`: the clauses of the acceptable use policy, what enforces each, and which are not covered."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from pipeline.domain.clauses import CLAUSES, Clause
from pipeline.rules import RULES
from pipeline.rules.rule import Rule

CHECKOUT = Path(__file__).resolve().parents[2]
"""Where pages and tests lie; an installed package has neither, and then only rules are looked at."""


class Coverage(NamedTuple):
    """One clause with what enforces it, and what is missing before it counts as covered."""

    clause: Clause
    rules: tuple[str, ...]
    pages: tuple[str, ...]
    missing: tuple[str, ...]
    """In words, such as `no rule` or `consent: no page docs/rules/consent.md`; empty when the clause is covered."""

    @property
    def is_covered(self) -> bool:
        """Whether at least one rule enforces the clause, and each such rule has its page and its test."""
        return not self.missing


def coverage_of(clause: Clause, rules: Iterable[Rule], directory: Path) -> Coverage:
    """Say what enforces a clause.

    :param rules: all rules; those that name the clause count
    :param directory: a checkout with `docs/rules` and `tests/unit/rules`; elsewhere pages and tests are not asked for
    """
    named = tuple(rule.rule_id for rule in rules if clause.id in rule.clauses)
    files = {rule_id: (f"docs/rules/{rule_id}.md", f"tests/unit/rules/test_{rule_id}.py") for rule_id in named}
    pages = tuple(page for page, _ in files.values() if (directory / page).is_file())
    missing = [] if named else ["no rule"]
    if (directory / "docs/rules").is_dir():
        for rule_id, (page, test) in files.items():
            missing += [f"{rule_id}: no page {page}"] if page not in pages else []
            missing += [f"{rule_id}: no test {test}"] if not (directory / test).is_file() else []
    return Coverage(clause, named, pages, tuple(missing))


def as_table(coverages: Sequence[Coverage]) -> Iterable[str]:
    """Lay the clauses out for a terminal."""
    rows = [
        ("clause", "hard", "rules", "text", "pages"),
        *(
            (
                coverage.clause.id,
                "hard" if coverage.clause.is_hard else "",
                ", ".join(coverage.rules) or "-",
                coverage.clause.text,
                ", ".join(coverage.pages) or "-",
            )
            for coverage in coverages
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]])


def as_json(coverages: Sequence[Coverage]) -> str:
    """Write the clauses as one JSON array."""
    return json.dumps(
        [
            {
                "id": coverage.clause.id,
                "text": coverage.clause.text,
                "hard": coverage.clause.is_hard,
                "rules": coverage.rules,
                "pages": coverage.pages,
                "missing": coverage.missing,
            }
            for coverage in coverages
        ],
        indent=2,
    )


@click.command()
@click.option("--check", is_flag=True, help="List what is not covered, and exit with 1 when anything is.")
@click.option("--json", "as_json_text", is_flag=True, help="Print JSON: id, text, hard, rules, pages, missing.")
@click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=CHECKOUT,
    help="The checkout whose pages and tests count; by default, this one.",
)
def clauses(directory: Path, *, check: bool, as_json_text: bool) -> None:
    """List the clauses of the acceptable use policy with the rules that enforce them.

    A clause is covered when a rule names it and each such rule has its page (docs/rules) and its test
    (tests/unit/rules). With --check only what is not covered is listed, and the exit code is 1 when anything is.
    """
    coverages = [coverage_of(clause, RULES, directory) for clause in CLAUSES]
    uncovered = [coverage for coverage in coverages if not coverage.is_covered]
    if as_json_text:
        click.echo(as_json(uncovered if check else coverages))
    elif check:
        for coverage in uncovered:
            click.echo(f"{coverage.clause.id}  {coverage.clause.text}: {'; '.join(coverage.missing)}")
        click.echo(f"{len(coverages) - len(uncovered)} of {len(coverages)} clauses are covered", err=True)
    else:
        for line in as_table(coverages):
            click.echo(line)
    sys.exit(1 if check and uncovered else 0)
