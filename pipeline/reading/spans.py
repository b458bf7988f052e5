"""Where in a text the things stand that were found in it: for showing them to an author, so it may be slow.

Workers never ask this: a finding carries ids and kinds alone. Positions are in characters of the text as sent.
"""

import re
from typing import NamedTuple

from pipeline.reading.content import Reading
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.links import Link, without_links
from pipeline.reading.long_numbers import for_patterns
from pipeline.reading.normalise import span_in_original


class Span(NamedTuple):
    """A part of a text: from `begin` to before `end`."""

    begin: int
    end: int


def spans_of_links(reading: Reading) -> list[tuple[Link, Span]]:
    """List the links that stand in the text, each once; where they lead on and those of media are left out."""
    found = {Span(link.begin, link.end): link for link in reversed(reading.links) if link.end > link.begin}
    return sorted(((link, span) for span, link in found.items()), key=lambda each: each[1])


def spans_of_pattern(reading: Reading, pattern: Pattern) -> list[Span]:
    """List where a pattern stands in the text; empty if Python's engine reads it otherwise than Hyperscan did."""
    plain = without_links(reading.text, reading.links)
    spans = []
    for match in re.finditer(pattern.expression, for_patterns(reading.normalised), re.ASCII):
        begin, end = _without_edges(match)
        begin, end = span_in_original(plain, begin, end)
        spans.append(Span(begin, begin + len(plain[begin:end].rstrip())))
    return spans


def _without_edges(match: re.Match[str]) -> tuple[int, int]:
    found = match[0]
    return match.end() - len(found.lstrip()), match.start() + len(found.rstrip())
