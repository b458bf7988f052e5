"""Compiled lexicons: kept, taken up again, and made anew where a file is no good."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.lexicon_cache import KEPT_FILES_MAX, matcher_for, user_cache
from pipeline.reading.matcher import HAS_HYPERSCAN


def files_with(*words: str) -> dict[str, str]:
    """Make a lexicon of these words."""
    head = 'category = "fraud.x"\nclause = "2.3"\nseverity = "strong"\nlanguages = ["en"]\nsource = "a test"\n'
    entries = [f"[[pattern]]\nid='{w}'\nmatch='{w}'\npositive=['{w}']\nnegative=['x']\n" for w in words]
    return {"fraud.x/en.toml": head + "".join(entries)}


class Compilations:
    """Counts how often lexicons were compiled."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Count one."""
        self.count += 1
        yield


@pytest.mark.skipif(not HAS_HYPERSCAN, reason="only what Hyperscan compiles takes long")
def test_takes_up_what_was_compiled(tmp_path: Path) -> None:
    """A second start reads no lexicon: its patterns come from the file of the first."""
    compilations = Compilations()
    first = matcher_for(files_with("teapot"), [tmp_path], compilations)
    second = matcher_for(files_with("teapot"), [tmp_path], compilations)
    assert compilations.count == 1
    assert second.lexicons == first.lexicons
    assert second.hits(" teapot ") == {0}


def test_other_lexicons_are_compiled(tmp_path: Path) -> None:
    """What is kept for one set of lexicons answers for no other."""
    matcher_for(files_with("teapot"), [tmp_path])
    assert matcher_for(files_with("kettle"), [tmp_path]).hits(" kettle ") == {0}


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None], ids=["empty", "strange", "cut"])
def test_makes_a_damaged_file_anew(tmp_path: Path, damage: bytes | None) -> None:
    """A damaged file is not believed, and is replaced."""
    matcher_for(files_with("teapot"), [tmp_path])
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-10] if damage is None else damage)
    assert matcher_for(files_with("teapot"), [tmp_path]).hits(" teapot ") == {0}
    assert kept.read_bytes() == whole


def test_keeps_a_few_files_only(tmp_path: Path) -> None:
    """The folder does not grow with every change of a lexicon."""
    for number in range(KEPT_FILES_MAX + 2):
        matcher_for(files_with(f"word{'x' * number}"), [tmp_path])
    assert len(list(tmp_path.iterdir())) == KEPT_FILES_MAX


def test_works_without_a_folder_it_can_write(tmp_path: Path) -> None:
    """Nowhere to write, or a file where the folder should be: it compiles every time."""
    (tmp_path / "file").write_text("no folder")
    assert matcher_for(files_with("teapot")).hits(" teapot ") == {0}
    assert matcher_for(files_with("teapot"), [tmp_path / "file"]).hits(" teapot ") == {0}


def test_one_bad_folder_does_not_spoil_the_next(tmp_path: Path) -> None:
    """A worker's state directory and the user's cache stand for each other."""
    (tmp_path / "file").write_text("no folder")
    matcher_for(files_with("teapot"), [tmp_path / "file", tmp_path / "good"])
    assert len(list((tmp_path / "good").iterdir())) == 1


def test_two_processes_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """Each writes a file of its own and puts it in place whole."""
    program = (
        "import sys; from pathlib import Path; from tests.unit.test_lexicon_cache import files_with;"
        "from pipeline.lexicon_cache import matcher_for;"
        "assert matcher_for(files_with('teapot'), [Path(sys.argv[1])]).hits(' teapot ') == {0}"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    compilations = Compilations()
    matcher_for(files_with("teapot"), [tmp_path], compilations)
    assert len(list(tmp_path.iterdir())) == 1
    assert compilations.count == 0


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"COMPLIANCE_CACHE_DIRECTORY": "/cache", "XDG_CACHE_HOME": "/xdg"}, Path("/cache/lexicons")),
        ({"COMPLIANCE_CACHE_DIRECTORY": "", "XDG_CACHE_HOME": "/xdg"}, Path("/xdg/compliance/lexicons")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache/compliance/lexicons"),
        ({}, Path.home() / ".cache/compliance/lexicons"),
    ],
)
def test_the_folder_is_the_users(environment: dict[str, str], folder: Path) -> None:
    """As stated, else where the XDG specification says; a relative path there does not count."""
    assert user_cache(environment) == folder
