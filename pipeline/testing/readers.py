"""A reader with the packaged lexicons, compiled once per process: tests ask for it many times."""

import functools

from pipeline.reading.lexicon_files import read_lexicons
from pipeline.reading.lexicons import PACKAGED_FILES
from pipeline.reading.matcher import Matcher, compile_lexicons
from pipeline.reading.reader import Reader


@functools.cache
def packaged_matcher() -> Matcher:
    """Give the compiled packaged lexicons."""
    return compile_lexicons(read_lexicons(PACKAGED_FILES))


def build_reader() -> Reader:
    """Build a reader with empty caches."""
    return Reader(packaged_matcher())
