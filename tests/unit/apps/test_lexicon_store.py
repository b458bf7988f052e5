"""Readers with the packaged lexicons, and lexicons swapped without a pause."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from pipeline.apps.lexicon_store import packaged_reader, swap_lexicons
from pipeline.apps.settings import SettingsError
from pipeline.domain.events import Content
from pipeline.lexicon_cache import user_cache
from pipeline.reading.lexicon_files import LexiconError
from pipeline.reading.sensitive import keyed_hash
from pipeline.testing.builders import build_policy
from pipeline.testing.readers import build_reader
from pipeline.topologies.global_facts import GlobalFacts
from tests.unit.test_lexicon_cache import files_with

TEXT = Content("text", "You won a teapot")


def test_takes_what_stands_in_the_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker in a container whose home does not last compiles nothing again."""
    build_reader()  # fills the user's cache
    cache = user_cache(os.environ)
    assert cache is not None
    shutil.copytree(cache, tmp_path / "state" / "lexicons")
    monkeypatch.setenv("COMPLIANCE_CACHE_DIRECTORY", str(tmp_path / "cache"))
    assert packaged_reader(tmp_path / "state").lexicons_hash == build_reader().lexicons_hash
    assert not (tmp_path / "cache").exists()


def test_gives_hashes_of_sensitive_values_when_there_is_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file, white space around it apart; without a file there are none."""
    card = Content("text", "Card 4111 1111 1111 1111")
    monkeypatch.delenv("COMPLIANCE_VALUE_KEY_FILE", raising=False)
    assert [each.hash for each in packaged_reader().read(card).sensitive] == [""]
    (tmp_path / "key").write_bytes(b"k" * 16 + b"\n")
    monkeypatch.setenv("COMPLIANCE_VALUE_KEY_FILE", str(tmp_path / "key"))
    (found,) = packaged_reader().read(card).sensitive
    assert found.hash == keyed_hash(card.text or "", found, b"k" * 16)


@pytest.mark.parametrize("content", [None, b"k" * 15])
def test_refuses_a_key_that_protects_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """A missing file or a short key is the operator's mistake, not a reason to give no hashes."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("COMPLIANCE_VALUE_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SettingsError, match="COMPLIANCE_VALUE_KEY_FILE"):
        packaged_reader()


async def test_reading_goes_on_while_lexicons_change() -> None:
    """Messages are read with the old lexicons until the new ones are compiled, and then with the new ones."""
    known = GlobalFacts(build_policy(), reader=build_reader())
    phrases = [f"{a}ne (?:[^ ]+ ){{0,2}}tw{b}" for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrst"]
    swap = asyncio.create_task(swap_lexicons(known, files_with("teapot", *phrases)))  # takes about half a second
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
        await swap_lexicons(known, files_with("a("))
    assert known.reader is before
