"""Hosts in a text, and public shorteners among them."""

import pytest

from pipeline.reading.links import hosts_of, shortener_of


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ("Your order leaves our shop today.", ()),
        ("First. Second. Third...", ()),
        ("See https://sunnybakery.example/menu.", ("sunnybakery.example",)),
        ("see WWW.SunnyBakery.Example, or bit.ly/3xYz", ("www.sunnybakery.example", "bit.ly")),
        ("(bit.ly/a) bit.ly/b", ("bit.ly",)),
        ("bit.ly", ("bit.ly",)),
        ("at bit.ly.", ("bit.ly",)),
        (".ly bit. ly", ()),
        ("https://user@bit.ly:443/x", ("bit.ly",)),
        ("a price of 3.50", ("3.50",)),
    ],
)
def test_finds_hosts_by_their_dots(text: str, hosts: tuple[str, ...]) -> None:
    """With or without scheme, in any case, once each; the dot that ends a sentence makes none."""
    assert hosts_of(text) == hosts


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("bit.ly", ("bit.ly", "carrier")),
        ("www.bit.ly", ("bit.ly", "carrier")),
        ("tinyurl.com", ("tinyurl.com", "carrier")),
        ("cutt.ly", ("cutt.ly", "list")),
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


@pytest.mark.parametrize("text", ["a." * 5_000, ". " * 5_000, "." * 10_000, "a" * 10_000, ".a" * 5_000])
def test_reads_hostile_texts_to_their_end(text: str) -> None:
    """The longest text of dots is read, and holds no shortener."""
    assert [shortener_of(host) for host in hosts_of(text)] in ([], [None])
