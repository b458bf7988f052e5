"""What the README says of settings, rules, clauses and commands is so, and its examples fit the schemas."""

import ast
import json
import re
from pathlib import Path

import jsonschema
import pytest

from pipeline.apps.command_line import main
from pipeline.apps.settings import SETTINGS
from pipeline.domain.clauses import CLAUSES
from pipeline.domain.outcomes import Outcome
from pipeline.rules import RULES

REPOSITORY = Path(__file__).parents[2]
PAGES = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")
README = (REPOSITORY / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def rows_after(heading: str) -> list[list[str]]:
    """Give the cells of the first table after a heading row, without backticks."""
    table = README.partition(f"| {heading} |")[2].partition("\n\n")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_lists_every_setting() -> None:
    """The table of settings holds each setting with its default and meaning, in the order of the code."""
    assert rows_after("setting") == [list(setting) for setting in SETTINGS]


def test_lists_every_rule() -> None:
    """The table of rules holds each rule with its clauses, in the order in which they run."""
    rows = [(rule_id, clauses) for rule_id, clauses, _ in rows_after("rule")]
    assert rows == [(rule.rule_id, ", ".join(rule.clauses)) for rule in RULES]


def test_lists_every_outcome() -> None:
    """The table of outcomes holds each outcome, the mildest first."""
    assert [outcome for outcome, _ in rows_after("outcome")] == [outcome.value for outcome in Outcome]


def test_lists_the_clauses_without_a_rule() -> None:
    """The README says of every clause that no rule names that none enforces it, and of no other."""
    named = re.findall(r"\d+\.\d+", README.partition("Clauses that no rule enforces:")[2].partition(".\n")[0])
    enforced = {clause for rule in RULES for clause in rule.clauses}
    assert named == [clause.id for clause in CLAUSES if clause.id not in enforced]


def test_names_no_command_that_does_not_exist() -> None:
    """Every `compliance …` in a page is a command."""
    text = "".join((REPOSITORY / page).read_text("utf-8") for page in PAGES)
    named = set(re.findall(r"(?:bin/|`)compliance ([a-z-]+)", text))
    with main.make_context("compliance", ["demo", "--help"], resilient_parsing=True) as context:
        assert named <= set(main.list_commands(context))


def test_shows_a_verdict_that_fits_the_schema() -> None:
    """The verdict that is shown is one."""
    schema = json.loads((REPOSITORY / "schemas" / "verdict.v1.schema.json").read_text("utf-8"))
    (verdict,) = blocks("json")
    jsonschema.validate(json.loads(verdict), schema)


def test_python_example_compiles() -> None:
    """The example is Python, and uses what it imports; that it works is for tests/broker/test_readme.py to say."""
    (example,) = blocks("python")
    names = {
        alias.name for node in ast.walk(ast.parse(example)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert all(re.search(rf"\b{name}\b.*\b{name}\b", example, re.DOTALL) for name in names)


def test_lists_every_kind_of_key_in_the_state() -> None:
    """The page on the architecture names the first byte of each key that the state uses, and no other."""
    page = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w)`", page, re.MULTILINE)
    keys = (REPOSITORY / "pipeline" / "state" / "keys.py").read_text("utf-8")
    used = set(re.findall(r'(?:return|^[A-Z_]+ =) b"(\w)"', keys, re.MULTILINE))
    assert len(listed) == len(set(listed))
    assert set(listed) == used


@pytest.mark.parametrize("page", PAGES)
def test_names_no_file_that_does_not_exist(page: str) -> None:
    """Every path in backticks that names a folder of the repository leads somewhere."""
    text = (REPOSITORY / page).read_text("utf-8")
    named = re.findall(r"`((?:pipeline|tests|tools|schemas|deploy|docs)/[\w./-]*)`|`([A-Z]+\.md|LICENSE|NOTICE)`", text)
    paths = [path or file for path, file in named]
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
