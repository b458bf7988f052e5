"""Public shorteners among the links of a text."""

import pytest

from pipeline.reading.hosts import shortener_of
from pipeline.reading.links import shorteners_in

BITLY, CUTTLY = ("bit.ly", "carrier"), ("cutt.ly", "list")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see bit.ly/3xYz", (BITLY,)),
        ("see https://bit.ly/3xYz.", (BITLY,)),
        ("HTTPS://WWW.BIT.LY", (BITLY,)),
        ("(bit.ly/a) bit.ly/b, cutt.ly", (BITLY, CUTTLY)),
        ("bit.ly", (BITLY,)),
        ("at bit.ly.", (BITLY,)),
        ("https://user@bit.ly:443/x", (BITLY,)),
        ("First. Then bit.ly/a. Last.", (BITLY,)),
        ("x.example/a bit.ly", (BITLY,)),
        ("", ()),
        ("Your order leaves our shop today.", ()),
        ("First. Second. Third...", ()),
        ("See https://sunnybakery.example/menu.", ()),
        (".ly bit. ly bit .ly", (BITLY,)),
        ("a price of 3.50", ()),
        ("orbit.ly and bit.ly.example", ()),
    ],
)
def test_finds_shorteners_in_texts(text: str, found: tuple[tuple[str, str], ...]) -> None:
    """With or without scheme, in any case, once each; a longer name is another host."""
    assert shorteners_in(text) == found


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("bit.ly", BITLY),
        ("www.bit.ly", BITLY),
        ("tinyurl.com", ("tinyurl.com", "carrier")),
        ("cutt.ly", CUTTLY),
        ("notbit.ly", None),
        ("bit.ly.example", None),
        ("sunnybakery.example", None),
        ("youtu.be", None),
        ("t.co", None),
    ],
)
def test_tells_public_shorteners(host: str, found: tuple[str, str] | None) -> None:
    """A shortener or its subdomain, but no longer name around it, and no short domain of one platform."""
    assert shortener_of(host) == found


@pytest.mark.parametrize("text", ["a." * 5_000, ". " * 5_000, "." * 10_000, "a" * 10_000, ".a" * 5_000, "a.ly" * 2_500])
def test_reads_hostile_texts_to_their_end(text: str) -> None:
    """The longest texts of dots are read, and hold no shortener."""
    assert shorteners_in(text) == ()
