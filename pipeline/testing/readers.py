"""A reader with the packaged lexicons, compiled once: tests ask for it many times."""

from msgspec.structs import replace

from pipeline.domain.events import Content
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.content import Reading
from pipeline.reading.lexicon_files import Pattern, Severity
from pipeline.reading.reader import Reader


def build_reader() -> Reader:
    """Build a reader with empty caches."""
    return Reader(packaged_matcher())


def build_hit(category: str, clause: str, severity: Severity) -> Pattern:
    """Build a pattern as rules see it when a text hits it, whatever its words are."""
    return Pattern(f"{category}/en/one", category, clause, severity, ("en",), "one")


def build_reading(text: str, *hits: Pattern) -> Reading:
    """Read a text with the packaged lexicons, and put other hits in place of theirs.

    Lexicons grow; what rules make of a hit is to be tested apart from which words lead to one.
    """
    return replace(build_reader().read(Content("text", text)), hits=hits)
