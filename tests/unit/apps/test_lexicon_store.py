"""Compiled lexicons: kept, taken up again, made anew, and swapped without a pause."""

import asyncio
from pathlib import Path

import pytest

from pipeline.apps.lexicon_store import KEPT_FILES_MAX, matcher_for, packaged_reader, swap_lexicons
from pipeline.domain.events import Content
from pipeline.reading.lexicon_files import LexiconError
from pipeline.reading.matcher import HAS_HYPERSCAN
from pipeline.testing.builders import build_policy
from pipeline.testing.readers import build_reader
from pipeline.topologies.global_facts import GlobalFacts

TEXT = Content("text", "You won a teapot")


def files_with(*words: str) -> dict[str, str]:
    """Make a lexicon of these words."""
    head = 'category = "fraud.x"\nclause = "2.3"\nseverity = "strong"\nlanguages = ["en"]\nsource = "a test"\n'
    entries = [f"[[pattern]]\nid='{w}'\nmatch='{w}'\npositive=['{w}']\nnegative=['x']\n" for w in words]
    return {"fraud.x/en.toml": head + "".join(entries)}


@pytest.mark.skipif(not HAS_HYPERSCAN, reason="only what Hyperscan compiles takes long")
def test_takes_up_what_was_compiled(tmp_path: Path) -> None:
    """A second start reads no lexicon: its patterns come from the file of the first."""
    first = matcher_for(files_with("teapot"), tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    second = matcher_for(files_with("teapot"), tmp_path)
    assert second.lexicons == first.lexicons
    assert second.hits(" teapot ") == {0}
    assert kept.stat().st_mtime_ns == written


def test_makes_a_damaged_file_anew(tmp_path: Path) -> None:
    """A file that was cut is not believed, and is replaced."""
    matcher_for(files_with("teapot"), tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-10])
    assert matcher_for(files_with("teapot"), tmp_path).hits(" teapot ") == {0}
    assert kept.read_bytes() == whole


def test_keeps_a_few_files_only(tmp_path: Path) -> None:
    """The state directory does not grow with every change."""
    for number in range(KEPT_FILES_MAX + 2):
        matcher_for(files_with(f"word{'x' * number}"), tmp_path)
    assert len(list(tmp_path.iterdir())) == KEPT_FILES_MAX


def test_works_without_a_directory(tmp_path: Path) -> None:
    """Nowhere to write, or not allowed to: it compiles every time."""
    assert matcher_for(files_with("teapot"), None).hits(" teapot ") == {0}
    assert matcher_for(files_with("teapot"), tmp_path, may_write=False).hits(" teapot ") == {0}
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("no directory")
    assert matcher_for(files_with("teapot"), tmp_path / "file").hits(" teapot ") == {0}


def test_reads_with_the_packaged_lexicons(tmp_path: Path) -> None:
    """And keeps them in a folder of their own."""
    assert packaged_reader(tmp_path).lexicons_hash == build_reader().lexicons_hash
    assert [path.name for path in tmp_path.iterdir()] == ["lexicons"]


async def test_reading_goes_on_while_lexicons_change() -> None:
    """Messages are read with the old lexicons until the new ones are compiled, and then with the new ones."""
    known = GlobalFacts(build_policy(), reader=build_reader())
    phrases = [f"{a}ne (?:[^ ]+ ){{0,2}}tw{b}" for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrst"]
    swap = asyncio.create_task(swap_lexicons(known, files_with("teapot", *phrases), None))  # takes about half a second
    read_meanwhile = 0
    while not swap.done():
        assert known.reader.read(TEXT).hits == ()
        read_meanwhile += 1
        await asyncio.sleep(0.001)
        if known.reader.lexicons_hash != build_reader().lexicons_hash:
            break
    await swap
    assert read_meanwhile >= 3
    assert [hit.id for hit in known.reader.read(TEXT).hits] == ["fraud.x/en/teapot"]


async def test_old_lexicons_stay_when_new_ones_are_refused() -> None:
    """A fault in a lexicon must not leave a worker without any."""
    known = GlobalFacts(build_policy(), reader=build_reader())
    before = known.reader
    with pytest.raises(LexiconError):
        await swap_lexicons(known, files_with("a("), None)
    assert known.reader is before
