"""Compiled lexicons, kept in files: compiling the packaged ones takes 13 s, taking them up again 10 ms.

One file for each set of lexicons and engine, named after both. Folders are asked in order; a new file goes into all
that can be written. A damaged file, or one of another version, is made anew; deleting a folder costs one slow start.
Two processes that compile at once write the same file, each whole: the later one stands.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from pipeline.reading.lexicon_files import hash_of, read_lexicons
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.matcher import Matcher, compile_lexicons, engine_version, freeze, thaw

CACHE_VARIABLE: Final = "COMPLIANCE_CACHE_DIRECTORY"
KEPT_FILES_MAX: Final = 4
"""This version's, the last one's, and room for a change of lexicons in between."""


def user_cache(environment: Mapping[str, str]) -> Path | None:
    """Give the folder in which a user's commands keep compiled lexicons; None if the user has no home."""
    stated = environment.get(CACHE_VARIABLE)
    if stated:
        return Path(stated) / "lexicons"
    general = environment.get("XDG_CACHE_HOME")
    if general and Path(general).is_absolute():  # the XDG specification: others are to be left out of account
        return Path(general) / "compliance" / "lexicons"
    with contextlib.suppress(RuntimeError):
        return Path.home() / ".cache" / "compliance" / "lexicons"
    return None


def matcher_for(
    files: Mapping[str, str],
    folders: Sequence[Path] = (),
    compiling: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
) -> Matcher:
    """Give the matcher of some lexicons: the one compiled before, if it is still good, else a new one.

    :param folders: where compiled lexicons are kept; those that can't be read or written are passed over
    :param compiling: entered while lexicons are compiled, to tell whoever waits
    :raises LexiconError: a lexicon can't be used; its author can mend it
    """
    wanted = hash_of(files)
    name = f"{wanted.removeprefix('sha256:')[:32]}-{engine_version()}.bin"
    for folder in folders:
        with contextlib.suppress(OSError):
            matcher = thaw((folder / name).read_bytes(), wanted)
            if matcher is not None:
                return matcher
    with compiling():
        matcher = compile_lexicons(read_lexicons(files))
    frozen = freeze(matcher) if folders else b""
    for folder in folders:
        with contextlib.suppress(OSError):
            _keep(folder / name, frozen)
    return matcher


def _keep(path: Path, frozen: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}.new")
    try:
        new.write_bytes(frozen)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    by_age = sorted(path.parent.glob("*.bin"), key=lambda file: file.stat().st_mtime)
    for old in by_age[:-KEPT_FILES_MAX]:
        old.unlink(missing_ok=True)


@functools.cache
def packaged_matcher() -> Matcher:
    """Give the compiled packaged lexicons, from the user's cache or for it: once per process."""
    folder = user_cache(os.environ)
    return matcher_for(PACKAGED_FILES, (folder,) if folder else ())
