"""Long numbers: masked where they decide nothing."""

import pytest

from pipeline.reading.links import find_links, without_links
from pipeline.reading.long_numbers import for_patterns, is_fixed, mask_long_numbers, names_long_number


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("order 4711 leaves", "order 0000 leaves"),
        ("4711", "0000"),
        ("(12345), $1234.", "(00000), $0000."),
        ("a/4711?x=98765", "a/0000?x=00000"),
        ("order 471 leaves", None),
        ("order A4711", None),
        ("order 4711A", None),
        ("4711\u200bab", None),
        ("ab'4711", None),
        ("订单4711", None),
        ("", None),
    ],
)
def test_masks_long_numbers_that_stand_by_themselves(text: str, masked: str | None) -> None:
    """Four digits or more, between spaces and signs at which a word ends."""
    assert mask_long_numbers(text) == masked


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Your order 4711 at https://shop.example/o/4711", True),
        ("Your code is 123456", True),
        ("Your card 4111 1111 1111 1111", False),
        ("http://3232235777/", False),
        ("GB29 NWBK 6016 1331 9268 19", False),
        ("https://a.example/?u=http://b.example/1234", False),
        ("https://a.example/%2e1234", False),
        ("hxxp://a.example/1234", False),
        ("a.xn--p1ai 1234", False),
    ],
)
def test_tells_where_digits_decide(text: str, fixed: bool) -> None:  # noqa: FBT001
    """Values with check digits, addresses in numbers, and links that stand otherwise than they are read."""
    links = find_links(text)
    assert is_fixed(without_links(text, links), links) is fixed


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (" (?:within 24 hours) ", False),
        (r" (?:\d{4,6} is your code) ", False),
        (" (?:[0-9]+ points) ", False),
        (" (?:since 2024) ", True),
        (r" (?:24\d*) ", True),
        (r" (?:24\d?) ", False),
        (r" (?:24\d{1,2}) ", True),
        (r" (?:24\d{0,1}) ", False),
        (" (?:[1-3]00) ", False),
        (" (?:[1-3]000) ", True),
        ("0{4}", True),
        ("0{3}", False),
        ("24 hours 48", False),
        (" (?:win (?:[^ ]+ ){0,3}now) ", False),
        (r"\d{2,}", False),
        (r"1\d{2,}", True),
    ],
)
def test_tells_patterns_that_name_long_numbers(expression: str, names: bool) -> None:  # noqa: FBT001
    """Four digits in a row that it could match, of which it names some."""
    assert names_long_number(expression) is names


@pytest.mark.parametrize(
    ("text", "shown"),
    [(" order 4711 ", " order 0000 "), (" order 471 ", " order 471 "), (" a4711b 12 ", " a0000b 12 "), ("", "")],
)
def test_patterns_are_not_shown_long_numbers(text: str, shown: str) -> None:
    """Four digits or more, whatever stands beside them."""
    assert for_patterns(text) == shown
