"""Where compiled lexicons are kept, so that a worker starts in a second: compiling 5,000 patterns takes ten and more.

One file for each set of lexicons and engine, named after both, in `lexicons/` of the state directory. A file that is
damaged or of another version is made anew; deleting the folder costs one slow start.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pipeline.apps.settings import current_environment
from pipeline.reading.lexicon_files import hash_of, read_lexicons
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.matcher import Matcher, compile_lexicons, engine_version, freeze, thaw
from pipeline.reading.reader import Reader
from pipeline.topologies.global_facts import GlobalFacts

log = logging.getLogger("compliance.lexicons")

KEPT_FILES_MAX: Final = 4
"""This version's, the last one's, and room for a change of lexicons in between."""


def matcher_for(files: Mapping[str, str], directory: Path | None, *, may_write: bool = True) -> Matcher:
    """Give the matcher of some lexicons: the one compiled before, if it is still good, else a new one.

    :param directory: where compiled lexicons are kept; None: nowhere
    :raises LexiconError: a lexicon can't be used; its author can mend it
    """
    wanted = hash_of(files)
    path = directory and directory / f"{wanted.removeprefix('sha256:')[:32]}-{engine_version()}.bin"
    if path is not None:
        with contextlib.suppress(OSError):
            matcher = thaw(path.read_bytes(), wanted)
            if matcher is not None:
                return matcher
    matcher = compile_lexicons(read_lexicons(files))
    if path is not None and may_write:
        try:
            _keep(path, freeze(matcher))
        except OSError as error:
            log.warning("compiled lexicons can't be kept in %s (%s): every start compiles them", path.parent, error)
    return matcher


def _keep(path: Path, frozen: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_bytes(frozen)
    new.replace(path)
    by_age = sorted(path.parent.glob("*.bin"), key=lambda file: file.stat().st_mtime)
    for old in by_age[:-KEPT_FILES_MAX]:
        old.unlink(missing_ok=True)


def packaged_reader(state_directory: Path | None, *, may_write: bool = True) -> Reader:
    """Give a reader with the lexicons of the package.

    :param state_directory: where compiled lexicons are kept, in a folder of their own
    """
    return Reader(matcher_for(PACKAGED_FILES, state_directory and state_directory / "lexicons", may_write=may_write))


def command_reader() -> Reader:
    """Give a reader for a command that runs once: it takes what a worker compiled, and leaves nothing behind."""
    return packaged_reader(current_environment().path("COMPLIANCE_STATE_DIRECTORY"), may_write=False)


async def swap_lexicons(known: GlobalFacts, files: Mapping[str, str], directory: Path | None) -> None:
    """Change to other lexicons without a pause: they are compiled in a thread, then one reference is replaced.

    Hyperscan compiles without Python's lock; the longest pause measured was 9 ms (1,000 patterns, 2026-11-24). Messages
    that are judged meanwhile are read with the old lexicons, and their verdicts stand.

    :raises LexiconError: a lexicon can't be used; the old ones stay
    """
    matcher = await asyncio.to_thread(matcher_for, files, directory)
    known.reader = known.reader.with_matcher(matcher)
    log.info("lexicons %s: %d patterns", matcher.lexicons.hash[:19], len(matcher.lexicons.patterns))
