"""Segments of an SMS: the neighbours of every limit, and what must not be split."""

import pytest

from pipeline.reading.segments import BASIC, EXTENSION, forcing_ucs2, segments_of


@pytest.mark.parametrize(
    ("units", "count"),
    [(0, 1), (1, 1), (159, 1), (160, 1), (161, 2), (305, 2), (306, 2), (307, 3), (459, 3), (460, 4)],
)
@pytest.mark.parametrize("letter", ["a", "é", "@", "\n", "Ω"])
def test_counts_septets(letter: str, units: int, count: int) -> None:
    """160 in one segment, 153 in each of several; accents of the basic table cost one."""
    found = segments_of(letter * units)
    assert (found.encoding, found.units, found.count) == ("gsm7", units, count)


@pytest.mark.parametrize(
    ("units", "count"), [(69, 1), (70, 1), (71, 2), (133, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
@pytest.mark.parametrize("letter", ["я", "ش", "你", "\u2019", "ç"])
def test_counts_code_units(letter: str, units: int, count: int) -> None:
    """70 in one segment, 67 in each of several."""
    found = segments_of(letter * units)
    assert (found.encoding, found.units, found.count) == ("ucs2", units, count)


@pytest.mark.parametrize(("euros", "count"), [(79, 1), (80, 1), (81, 2), (152, 2), (153, 3)])
def test_extension_characters_take_two_septets_and_are_not_split(euros: int, count: int) -> None:
    """A part of 153 septets holds 76 of them, and one septet stays empty."""
    found = segments_of("€" * euros)
    assert (found.encoding, found.units, found.count) == ("gsm7", 2 * euros, count)


@pytest.mark.parametrize(("emoji", "count"), [(34, 1), (35, 1), (36, 2), (66, 2), (67, 3)])
def test_emoji_take_two_code_units_and_are_not_split(emoji: int, count: int) -> None:
    """A part of 67 code units holds 33 of them, and one unit stays empty."""
    found = segments_of("\U0001f600" * emoji)
    assert (found.encoding, found.units, found.count) == ("ucs2", 2 * emoji, count)


@pytest.mark.parametrize(("before", "count"), [(151, 2), (152, 2), (153, 2)])
def test_an_escape_pair_at_the_edge_moves_to_the_next_part(before: int, count: int) -> None:
    """152 letters, a euro and ten letters are two parts, though the euro does not fit the first."""
    assert segments_of("a" * before + "€" + "b" * 10).count == count


def test_an_escape_pair_at_the_edge_can_cost_a_part() -> None:
    """306 septets are two parts, unless a euro lies across the edge."""
    assert segments_of("a" * 152 + "€" + "b" * 152).units == 306
    assert segments_of("a" * 152 + "€" + "b" * 152).count == 3
    assert segments_of("a" * 151 + "€" + "b" * 153).count == 2


@pytest.mark.parametrize(
    "character", ["\u2018", "\u2019", "\u201c", "\u201d", "\u2013", "\u2014", "\u2026", "\u00a0", "`", "ç"]
)
def test_one_typographic_character_forces_ucs2(character: str) -> None:
    """Curly quotes, dashes, an ellipsis, a no-break space, a backtick: one of them halves what fits."""
    text = "a" * 70 + character
    assert (segments_of(text).encoding, segments_of(text).count) == ("ucs2", 2)
    assert forcing_ucs2(text + character) == (character,)


def test_nothing_of_the_alphabet_forces_ucs2() -> None:
    """All 127 characters of the basic table and the ten of the extension stay in GSM 7-bit."""
    assert (len(BASIC), len(EXTENSION)) == (127, 10)
    assert segments_of(BASIC + EXTENSION).encoding == "gsm7"
    assert forcing_ucs2(BASIC + EXTENSION) == ()
