"""The readers of workers and commands: with the packaged lexicons, compiled once for all of a user's processes."""

import asyncio
import contextlib
import hashlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from pipeline.apps.settings import SettingsError, current_environment
from pipeline.lexicon_cache import matcher_for, user_cache
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.model import PACKAGED_MODEL
from pipeline.reading.reader import Reader
from pipeline.reading.sensitive import VALUE_KEY_BYTES_MIN
from pipeline.topologies.global_facts import GlobalFacts

log = logging.getLogger("compliance.lexicons")


def packaged_reader(state_directory: Path | None = None) -> Reader:
    """Give a reader with the lexicons of the package, compiled before or now.

    :param state_directory: of a worker: what is compiled is kept there too, since a container's home may not last
    :raises SettingsError: the key of the hashes of sensitive values can't be used; the operator can mend it
    """
    folders = [state_directory / "lexicons"] if state_directory is not None else []
    cache = user_cache(os.environ)
    if cache is not None:
        folders.append(cache)
    return Reader(
        matcher_for(PACKAGED_FILES, folders, _telling), value_key=_value_key(), fraud_score=PACKAGED_MODEL.fraud_score
    )


def pattern_key() -> bytes:
    """Give the key of the hashes that patterns are counted by, derived from that of sensitive values, if any.

    :raises SettingsError: that key can't be used; the operator can mend it
    """
    key = _value_key()
    return hashlib.blake2b(b"patterns", key=key[:64], digest_size=32).digest() if key else b""


def _value_key() -> bytes:
    """Read the key of the hashes of sensitive values, if one is set; white space around it does not count.

    :raises SettingsError: the file can't be read or is too short; the operator can mend it
    """
    path = current_environment().path("COMPLIANCE_VALUE_KEY_FILE")
    if path is None:
        return b""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        message = f"COMPLIANCE_VALUE_KEY_FILE can't be read: {error.strerror}"
        raise SettingsError(message) from None
    if len(key) < VALUE_KEY_BYTES_MIN:
        message = f"COMPLIANCE_VALUE_KEY_FILE must hold at least {VALUE_KEY_BYTES_MIN} bytes"
        raise SettingsError(message)
    return key


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """Tell whoever waits: on a terminal by a line that moves, else by the log."""
    wait = "compiling lexicons, which takes some 15 seconds once"
    if sys.stderr.isatty():
        with Console(stderr=True).status(wait):
            yield
    else:
        log.info(wait)
        yield


async def swap_lexicons(known: GlobalFacts, files: Mapping[str, str], folders: Sequence[Path] = ()) -> None:
    """Change to other lexicons without a pause: they are compiled in a thread, then one reference is replaced.

    Hyperscan compiles without Python's lock; the longest pause measured was 9 ms (1,000 patterns, 2026-11-24). Messages
    that are judged meanwhile are read with the old lexicons, and their verdicts stand.

    :raises LexiconError: a lexicon can't be used; the old ones stay
    """
    matcher = await asyncio.to_thread(matcher_for, files, folders)
    known.reader = known.reader.with_matcher(matcher)
    log.info("lexicons %s: %d patterns", matcher.lexicons.hash[:19], len(matcher.lexicons.patterns))
