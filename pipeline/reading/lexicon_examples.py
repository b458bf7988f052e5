"""Whether lexicons do what their examples say: every positive is hit by its pattern, no negative is."""

from collections.abc import Iterator

from pipeline.domain.events import Content
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.reader import Reader


def wrong_examples(reader: Reader, pattern: Pattern) -> Iterator[str]:
    """List the examples of a pattern that come out wrong, in words for its author.

    :param reader: with the lexicons that the pattern stands in: guards and features count too
    """
    for text in pattern.positive:
        if not is_hit(reader, pattern, text):
            yield f"{pattern.id}: does not hit its positive example {text!r}"
    for text in pattern.negative:
        if is_hit(reader, pattern, text):
            yield f"{pattern.id}: hits its negative example {text!r}"


def is_hit(reader: Reader, pattern: Pattern, text: str) -> bool:
    """Tell whether a text hits a pattern, or gives its feature."""
    reading = reader.read(Content("text", text))
    if pattern.feature is not None:
        return pattern.feature in reading.features
    return any(hit.id == pattern.id for hit in reading.hits)
