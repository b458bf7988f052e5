"""What makes texts of one campaign alike."""

import pytest

from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.fingerprint import (
    NO_FINGERPRINT,
    agreeing,
    agreement,
    are_alike,
    fingerprint,
    short_signature,
)
from pipeline.reading.normalise import normalise

TEXT = "Dear Anna, your parcel 4711 waits for you at the depot. Please pay the fee of $1.99 now to get it tomorrow"
OTHER = "Reminder: the school closes early on Friday because of the snow, please collect your children at noon"
CHINESE = "您的包裹因地址不详无法派送请点击链接更新地址信息逾期将被退回"


def of(text: str) -> DistinctText:
    """Mask a text."""
    return DistinctText(mask(normalise(text)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TEXT, TEXT.replace("Anna", "Robert").replace("4711", "99").replace("1.99", "2.45")),
        (TEXT, TEXT + " thanks"),
        (TEXT, TEXT.replace("parcel", "pаrcel").upper()),
        (CHINESE, CHINESE + "谢谢"),
    ],
)
def test_texts_of_one_campaign_share_a_key_and_agree(first: str, second: str) -> None:
    """Another name, number, tail or look-alike letter does not part them."""
    one, two = of(first).fingerprint, of(second).fingerprint
    assert set(one.keys) & set(two.keys)
    assert agreement(one, two) >= 0.5


@pytest.mark.parametrize(("first", "second"), [(TEXT, OTHER), (TEXT, ""), (TEXT, CHINESE)])
def test_other_texts_do_not_agree(first: str, second: str) -> None:
    """Neither by accident nor because they say nothing."""
    assert agreement(of(first).fingerprint, of(second).fingerprint) < 0.2


SHORT = "Hi Anna your parcel waits"


def test_a_short_text_is_known_by_its_words_too() -> None:
    """Another name changes two pairs of words in four, and one word in five."""
    first, second = of(SHORT).fingerprint, of(SHORT.replace("Anna", "Bob")).fingerprint
    assert are_alike(short_signature(first), short_signature(second))


def test_texts_of_the_same_characters_in_another_order_are_not_alike() -> None:
    """In scripts without spaces single characters stand in every text."""
    mixed = "".join(sorted(CHINESE))
    assert agreement(of(CHINESE).fingerprint, of(mixed).fingerprint) < 0.2


@pytest.mark.parametrize(("agreed", "alike"), [(12, False), (13, True), (14, True), (32, True)])
def test_texts_are_alike_from_an_agreement_of_two_fifths_on(agreed: int, *, alike: bool) -> None:
    """Of 32 values that is 12.8."""
    first, second = bytes(range(32)), bytes([*range(agreed), *range(100, 132 - agreed)])
    assert agreeing(first, second) == agreed
    assert are_alike(first, second) == alike


def test_nothing_is_like_a_text_without_words() -> None:
    """Not even another one."""
    assert not are_alike(b"", b"")
    assert not are_alike(b"", bytes(32))
    assert short_signature(NO_FINGERPRINT) == b""


def test_a_short_signature_is_the_low_byte_of_each_value() -> None:
    """A quarter of the space."""
    whole = of(TEXT).fingerprint
    assert short_signature(whole) == bytes(value & 0xFF for value in whole.signature)


def test_keys_tell_their_rows_apart() -> None:
    """The same hash in another row is another key."""
    assert [key >> 32 for key in fingerprint(" a b c ").keys] == [0, 1, 2, 3]


def test_a_text_without_words_has_none() -> None:
    """It belongs to no campaign."""
    assert fingerprint("  ") == NO_FINGERPRINT


def test_digits_do_not_part_texts() -> None:
    """Codes and amounts vary in every campaign."""
    assert of("Your code is 1234") == of("Your code is 987654")
    assert of("Your code is 1234") != of("Your pin is 1234")
