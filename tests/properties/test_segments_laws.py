"""Laws of segments, held against a packer that fills part after part with whole characters."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.segments import BASIC, EXTENSION, forcing_ucs2, segments_of

GSM = st.text(alphabet=BASIC + EXTENSION, max_size=700)
ANY = st.text(max_size=300) | st.text(alphabet="aé€\u2019я\U0001f600", max_size=400)


def packed(sizes: list[int], single: int, part: int) -> int:
    """Count segments by filling them; everything in one if it fits."""
    if sum(sizes) <= single:
        return 1
    parts: list[int] = []
    for size in sizes:
        if not parts or parts[-1] + size > part:
            parts.append(0)
        parts[-1] += size
    return len(parts)


@given(GSM)
@settings(deadline=None)
def test_packs_gsm_texts_as_a_gateway_does(text: str) -> None:
    """Septets, with escape pairs kept together."""
    sizes = [2 if character in EXTENSION else 1 for character in text]
    found = segments_of(text)
    assert (found.encoding, found.units, found.count) == ("gsm7", sum(sizes), packed(sizes, 160, 153))


@given(ANY)
@settings(deadline=None)
def test_packs_other_texts_as_a_gateway_does(text: str) -> None:
    """UTF-16 code units, with surrogate pairs kept together, as soon as one character is outside the alphabet."""
    found = segments_of(text)
    if set(text) <= set(BASIC + EXTENSION):
        assert (found.encoding, forcing_ucs2(text)) == ("gsm7", ())
    else:
        sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
        assert (found.encoding, found.units, found.count) == ("ucs2", sum(sizes), packed(sizes, 70, 67))
        assert set(forcing_ucs2(text)) == set(text) - set(BASIC + EXTENSION)


@given(ANY, ANY)
@settings(deadline=None)
def test_a_longer_text_takes_no_fewer_segments(first: str, second: str) -> None:
    """Whatever is added."""
    assert segments_of(first + second).count >= segments_of(first).count
