"""Where in a text its links and the words of a pattern stand."""

import pytest

from pipeline.domain.events import Content
from pipeline.reading.lexicon_files import read_lexicons
from pipeline.reading.matcher import compile_lexicons
from pipeline.reading.reader import Reader
from pipeline.reading.spans import spans_of_links, spans_of_pattern

LEXICON = """
category = "drugs"
clause = "4.1"
severity = "certain"
languages = ["en"]
source = "for this test"

[[pattern]]
id = "one"
match = "secret words"
positive = ["secret words"]
negative = ["words"]
"""
READER = Reader(compile_lexicons(read_lexicons({"drugs/en.toml": LEXICON})))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The secret words here", ["secret words"]),
        ("See https://a.example/long/path?x=1, then SECRET  Words!", ["SECRET  Words!"]),
        ("s3cret words and ｓｅｃｒｅｔ words", ["s3cret words", "ｓｅｃｒｅｔ words"]),
        ("nothing", []),
    ],
)
def test_finds_the_words_of_a_pattern(text: str, found: list[str]) -> None:
    """In the text as sent, whatever stands before, and in each place; widened to whole words."""
    reading = READER.read(Content("text", text))
    spans = spans_of_pattern(reading, READER.matcher.lexicons.patterns[0])
    assert [text[span.begin : span.end] for span in spans] == found


def test_finds_each_link_once() -> None:
    """Where a link leads on is no place in the text."""
    text = "See https://www.google.com/url?q=https://b.example/a and c.example/d"
    spans = [span for _, span in spans_of_links(READER.read(Content("text", text)))]
    assert [text[span.begin : span.end] for span in spans] == [
        "https://www.google.com/url?q=https://b.example/a",
        "c.example/d",
    ]
