"""The form that patterns are matched on, and the disguises that it undoes."""

import pytest

from pipeline.reading.normalise import (
    LINK_PLACEHOLDER,
    NORMALISED_CHARACTERS_MAX,
    fold_letters,
    is_cut,
    normalise,
    pieces_of,
    span_in_original,
)

LIGATURE = "\ufdfa"
"""One character that NFKC turns into eighteen."""


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("", "  "),
        ("Your account, LOCKED!", " your account locked "),
        ("Don't  wait\n\tnow", " dont wait now "),
        ("50% off, $500 (+VAT)", " 50% off $500 +vat "),
        ("Vérifiez votre ÉTÉ, Straße, İstanbul ılık", " verifiez votre ete strasse istanbul ilik "),
        (
            "\uff26\uff32\uff25\uff25 \u24d5\u24e1\u24d4\u24d4 \U0001d41f\U0001d42b\U0001d41e\U0001d41e",
            " free free free ",
        ),
        ("\U0001f175\U0001f181\U0001f174\U0001f174 ᴘᴀʏᴘᴀʟ", " free paypal "),
        ("ac\u200bcou\u2060nt ac\u00adcount ac\x02count", " account account account "),
        ("٤٥ ١٠٠ ريال", " 45 100 ريال "),
        ("أُمُّك إلى مكتبة", " امك الي مكتبه "),
        ("заблокирован Ёлка", " заблокирован елка "),
        ("a\u20ac5 💊now", " a € 5 💊 now "),
        (f"see {LINK_PLACEHOLDER} now", " see ~ now "),
        ("see ~ now", " see now "),
    ],
)
def test_brings_texts_into_one_form(text: str, normalised: str) -> None:
    """Case, accents, width, invisible characters, punctuation and spaces make no difference."""
    assert normalise(text) == normalised


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("раураl", " paypal "),
        ("Ассоunt", " account "),
        ("кoд", " код "),
        ("код подтверждения", " код подтверждения "),
        ("Pay at сосо now please", " pay at coco now please "),
        ("ΡayΡal", " paypal "),
        ("Αθήνα", " αθηνα "),
    ],
)
def test_writes_words_of_mixed_scripts_in_one(text: str, normalised: str) -> None:
    """Look-alike letters are undone in words that mix scripts; words of one script stay."""
    assert normalise(text) == normalised


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("4ccount acc0unt l0an p4ypal", " account account loan paypal "),
        ("v1agra c1ick 1oan", " viagra click loan "),
        ("covid19 b2b h2o 4pm 3com 24hours 5days 1234", " covid19 b2b h2o 4pm 3com 24hours 5days 1234 "),
        ("AB12CD34", " ab12cd34 "),
    ],
)
def test_puts_letters_for_digits_inside_words(text: str, normalised: str) -> None:
    """Where a word has more letters than digits; codes, numbers and what they count stay."""
    assert normalise(text) == normalised


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("l o a n", " loan "),
        ("l.o.a.n l-o-a-n", " loanloan "),
        ("get a l o a n now", " get aloan now "),
        ("a b cd", " a b cd "),
        ("a b c", " abc "),
        ("대 출 상 담", " 대출상담 "),
        ("贷 款，秒 到账", " 贷款秒到账 "),
        ("รับ เงิน กู้", " รับเงินกู้ "),
    ],
)
def test_joins_what_is_set_apart(text: str, normalised: str) -> None:
    """Three single letters or more, and characters of scripts without spaces."""
    assert normalise(text) == normalised


@pytest.mark.parametrize(
    ("characters", "cut"), [(NORMALISED_CHARACTERS_MAX - 1, False), (NORMALISED_CHARACTERS_MAX + 1, True)]
)
def test_says_when_a_text_is_too_long(characters: int, cut: bool) -> None:  # noqa: FBT001
    """What is not read to its end must not count as harmless."""
    text = "a" * (characters - 2 * (not cut))
    assert is_cut(text, normalise(text)) is cut


def test_cuts_what_nfkc_lengthens() -> None:
    """A text of 10,000 ligatures becomes no longer than the limit, and says so."""
    text = LIGATURE * 10_000
    assert len(normalise(text)) <= NORMALISED_CHARACTERS_MAX
    assert is_cut(text, normalise(text))


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        ("Hi, your ACCOUNT is locked!", "account", "ACCOUNT "),
        ("Ваш Ассоunt", "account", "Ассоunt"),
        ("您的包裹无法派送", "包裹", "包裹"),
        ("f.r.e.e m o n e y", "freemoney", "f.r.e.e m o n e y"),
        ("a ＦＲＥＥ b", "free", "ＦＲＥＥ "),
    ],
)
def test_finds_a_part_in_the_original(text: str, part: str, original: str) -> None:
    """An author is shown the words that were sent, not what they were read as."""
    normalised = normalise(text)
    begin = normalised.index(part)
    assert text[slice(*span_in_original(text, begin, begin + len(part)))] == original


def test_pieces_hold_every_character_once() -> None:
    """No character of a text is lost between the pieces."""
    text = " a  b\n您 c รับเงิน d\u200b "
    assert "".join(text[begin:end] for begin, end in pieces_of(text)) == text


def test_folds_letters_alone() -> None:
    """What has a meaning in an expression stays."""
    assert fold_letters("(ÉTÉ|Straße) ?[0-9]+.*~") == "(ete|strasse) ?[0-9]+.*~"
