"""`compliance new-rule`, tried in a copy of the checkout: what it makes is a rule once its words are written."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.apps.new_rule import new_rule

REPOSITORY = Path(__file__).parents[3]
MODULE = Path("pipeline/rules/insults.py")
TEST = Path("tests/unit/rules/test_insults.py")
PAGE = Path("docs/rules/insults.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what a rule and its test need."""
    for folder in ("pipeline", "deploy"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def make(checkout: Path, *arguments: str) -> Result:
    """Run the command on the copy."""
    return CliRunner().invoke(new_rule, [*arguments, "--directory", str(checkout)])


def run(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a Python tool in the copy, so that the copy's own `pipeline` is what it sees."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=checkout, check=False, capture_output=True, text=True)


def replace(path: Path, old: str, new: str) -> None:
    """Edit a file; the old text must be in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_makes_a_module_a_test_and_a_page(checkout: Path) -> None:
    """The three files exist, and the command lists them with the lines that are to be added elsewhere."""
    result = make(checkout, "insults", "--clause", "5.4")
    assert result.exit_code == 0, result.output
    for path in (MODULE, TEST, PAGE):
        assert (checkout / path).exists()
        assert str(path) in result.output
    assert "from pipeline.rules.insults import RULE as INSULTS\n" in result.output
    assert '"insults": Reason(' in result.output


def test_what_it_makes_keeps_the_style(checkout: Path) -> None:
    """Module and test pass lint and format as they are, with one clause (1.2 has the longest text) and with several."""
    for arguments in (["insults", "--clause", "1.2"], ["brands", "--clause", "4.2", "--clause", "5.6"]):
        assert make(checkout, *arguments).exit_code == 0
    paths = [str(path) for name in ("insults", "brands") for path in checkout.rglob(f"*{name}.py")]
    lint = run(checkout, "ruff", "check", "--no-cache", *paths)
    assert lint.returncode == 0, lint.stdout
    form = run(checkout, "ruff", "format", "--no-cache", "--check", *paths)
    assert form.returncode == 0, form.stdout


def test_its_tests_fail_until_the_rule_is_written(checkout: Path) -> None:
    """Both tests fail on what was made, so that an unwritten rule can't be merged."""
    make(checkout, "insults", "--clause", "5.4")
    result = run(checkout, "pytest", "-q", "-p", "no:cacheprovider", str(TEST))
    assert result.stdout.count("FAILED") == 2, result.stdout


def test_its_tests_pass_once_the_rule_is_written(checkout: Path) -> None:
    """With phrases, an example and the printed reason added, the rule stops what it shall stop and nothing else."""
    printed = make(checkout, "insults", "--clause", "5.4").output
    reason = printed[printed.index('    "insults": Reason(') : printed.index("The tests fail until")]
    reasons = "REASONS: Final[Mapping[str, Reason]] = {\n"
    replace(checkout / "pipeline/domain/reasons.py", reasons, reasons + reason)
    replace(checkout / MODULE, "PHRASES: tuple[str, ...] = ()", 'PHRASES: tuple[str, ...] = ("you idiot",)')
    replace(checkout / TEST, "The shortest message that the rule must stop stands here.", "Pay now, You Idiot.")

    result = run(checkout, "pytest", "-q", "-p", "no:cacheprovider", str(TEST))

    assert result.returncode == 0, result.stdout
    assert "2 passed" in result.stdout


@pytest.mark.parametrize(("clause", "is_hard"), [("5.4", True), ("5.3", False)])
def test_a_rule_is_as_hard_as_its_clause(clause: str, is_hard: bool, checkout: Path) -> None:  # noqa: FBT001 - a value
    """A rule of a hard clause is hard from the beginning."""
    make(checkout, "insults", "--clause", clause)
    assert f"hard={is_hard}," in (checkout / MODULE).read_text(encoding="utf-8")


def test_refuses_to_overwrite(checkout: Path) -> None:
    """A rule that exists stays as it is, and nothing else is written."""
    before = (checkout / "pipeline/rules/opt_out.py").read_bytes()
    result = make(checkout, "opt_out", "--clause", "6.3")
    assert result.exit_code == 1
    assert "pipeline/rules/opt_out.py exists already" in result.output
    assert (checkout / "pipeline/rules/opt_out.py").read_bytes() == before
    assert not (checkout / "docs").exists()


@pytest.mark.parametrize("rule_id", ["Insults", "2fast", "in-sults", "class", "../insults", "insults_", ""])
def test_refuses_an_id_that_is_no_module_name(rule_id: str, checkout: Path) -> None:
    """An id must be usable as module, page and label, and must not lead out of the folder."""
    result = make(checkout, rule_id, "--clause", "5.4")
    assert result.exit_code == 2
    assert "can't name a module" in result.output


def test_refuses_an_unknown_clause(checkout: Path) -> None:
    """A clause that the policy does not have is refused, with the list of those that it has."""
    result = make(checkout, "insults", "--clause", "13.1")
    assert result.exit_code == 2
    assert "there is no clause 13.1" in result.output
    assert not (checkout / MODULE).exists()


def test_refuses_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    """Elsewhere than in a checkout nothing is written."""
    result = make(tmp_path, "insults", "--clause", "5.4")
    assert result.exit_code == 1
    assert "is no checkout" in result.output
    assert list(tmp_path.iterdir()) == []
