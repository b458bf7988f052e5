"""Laws of reading: nothing raises, nothing is lost, and caches change nothing, whatever the text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.events import Content
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.fingerprint import agreement
from pipeline.reading.language import language_of
from pipeline.reading.links import find_links, without_links
from pipeline.reading.lookalikes import look_of
from pipeline.reading.matcher import PlainMatcher
from pipeline.reading.normalise import NORMALISED_CHARACTERS_MAX, normalise, pieces_of, span_in_original
from pipeline.reading.sensitive import find_sensitive
from pipeline.testing.readers import build_reader

PARTS = (
    "http://", "https://", "hxxp", "[.]", "(dot)", "://", ".", ":", "/", "@", "?q=", "%2F", "paypal", "раура", "bit.ly",
    "a.co", ".apk", "xn--", "4111 1111 1111 1111", "GB29NWBK60161331926819", "eyJ", "password is x1",
    "your account", "has been locked", "within 24 hours", "l o a n", "4ccount", "贷款", "พัสดุ", "\u200b",
    "\u202e", "\x01", "~", "\ufdfa",
    "\ud800", "İ", "ß", "ﬁ", "①", "。", "．", " ", "\n", "0x7f.1", "3232235777", "+12065550100", "$5", "💊", "e\u0301",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=4)), max_size=30).map("".join),
)
READER = build_reader()
PLAIN = PlainMatcher(packaged_matcher().lexicons)


@given(TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises, and everything that is worked out later can be."""
    reading = READER.read(Content("text", text))
    assert reading.text == text
    assert reading.language
    assert agreement(reading.fingerprint, reading.fingerprint) in (0.0, 1.0)


@given(TEXTS)
def test_what_was_read_before_changes_nothing(text: str) -> None:
    """A reader that has read much reads as a new one does."""
    assert READER.read(Content("text", text)) == build_reader().read(Content("text", text))


@given(
    TEXTS, st.lists(st.sampled_from((" 1234567890", "/55501234", " 2024.", "-98765", "$12345")), max_size=4), st.data()
)
def test_nothing_hides_behind_a_like_text(text: str, numbers: list[str], data: st.DataObject) -> None:
    """A text before which others were read, with other digits in their places, reads as it does by itself."""
    at = data.draw(st.integers(0, len(text)))
    first = text[:at] + "".join(numbers) + text[at:]
    digits = data.draw(st.text("0123456789", min_size=len(first), max_size=len(first)))
    second = "".join(d if c in "0123456789" else c for c, d in zip(first, digits, strict=True))
    reader = build_reader()
    reader.read(Content("text", first))
    reader.read(Content("text", "".join("7" if c in "0123456789" else c for c in first)))
    assert reader.read(Content("text", second)) == build_reader().read(Content("text", second))


@given(TEXTS)
def test_links_stand_in_the_text(text: str) -> None:
    """In order, and with a placeholder for each the rest of the text stays."""
    links = find_links(text)
    assert all(0 <= link.begin < link.end <= len(text) for link in links)
    assert [link.begin for link in links] == sorted(link.begin for link in links)
    rest, reached = [], 0
    for link in links:
        rest.append(text[reached : link.begin])
        reached = max(reached, link.end)
    rest.append(text[reached:])
    kept = without_links(text, links).replace("\x01", "").replace(" ", "")
    assert kept == "".join(rest).replace("\x01", "").replace(" ", "")


@given(TEXTS)
def test_a_normalised_text_keeps_its_form(text: str) -> None:
    """Single spaces, one at each end, no capitals of ASCII, within the limit."""
    normalised = normalise(text)
    assert normalised == f" {' '.join(normalised.split(' ')).strip()} " or not normalised.strip()
    assert "  " not in normalised.strip()
    assert not any("A" <= character <= "Z" for character in normalised)
    assert len(normalised) <= NORMALISED_CHARACTERS_MAX + 2


@given(TEXTS, st.data())
def test_every_part_has_a_place_in_the_original(text: str, data: st.DataObject) -> None:
    """Whatever part of the normalised text is asked for, and the pieces hold every character once."""
    normalised = normalise(text)
    begin = data.draw(st.integers(0, len(normalised)))
    end = data.draw(st.integers(begin, len(normalised)))
    first, last = span_in_original(text, begin, end)
    assert 0 <= first <= last <= len(text)
    assert "".join(text[slice(*piece)] for piece in pieces_of(text)) == text


@given(TEXTS)
def test_sensitive_values_stand_in_the_text(text: str) -> None:
    """Within it, in order, none over another."""
    normalised = normalise(text)
    reached = 0
    for found in find_sensitive(text, normalised, normalised.split()):
        assert reached <= found.begin < found.end <= len(text)
        reached = found.end


@given(TEXTS)
@settings(max_examples=40)
def test_both_engines_agree(text: str) -> None:
    """Hyperscan and Python's own expressions hit the same patterns.

    On short texts: thousands of expressions one by one, with gaps in them, take Python minutes for a text of 4 KB.
    """
    normalised = normalise(text)[:160]
    features = frozenset(("link",))
    assert packaged_matcher().hits(normalised, features) == PLAIN.hits(normalised, features)


@given(st.text(max_size=60))
def test_small_parts_take_any_text(text: str) -> None:
    """Also what no text of a message holds."""
    assert isinstance(look_of(text), str)
    assert language_of(text)
