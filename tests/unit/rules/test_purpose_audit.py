"""The rule `purpose_audit`: what a message says against what it says it is for."""

import pytest

from pipeline.rules.purpose_audit import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

OFFER = "BLACK FRIDAY! 50% off everything until midnight, shop now at sunnybakery.example"
ORDER = "Your order 4471 has been packed and leaves our shop today."
CODE = "Your verification code is 482913. Do not share it."


def found_by(text: str, purpose: str) -> tuple[str, str] | None:
    """Have the rule look at a text, and give outcome and code."""
    message = build_message(purpose=purpose, content={"type": "text", "text": text})
    found = RULE.check(message, build_reading(text), build_facts(message), build_policy())
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize(
    ("text", "purpose", "found"),
    [
        (OFFER, "utility", ("flag", "purpose_marketing")),
        (OFFER, "service", ("flag", "purpose_marketing")),
        (OFFER, "marketing", None),
        (f"{CODE} Today 50% off, shop now", "authentication", ("flag", "purpose_marketing")),
        ("Big summer sale, shop now!", "authentication", ("hold", "purpose_marketing")),
        (CODE, "marketing", ("flag", "purpose_code")),
        (CODE, "authentication", None),
        (CODE, "utility", None),
        (ORDER, "utility", None),
        ("Your parcel is on its way to you.", "authentication", ("flag", "purpose_no_code")),
        ("Your code: 123 456", "authentication", None),
        ("Sign in: https://sunnybakery.example/l/abc", "authentication", None),
        ("", "authentication", None),
    ],
)
def test_compares_purpose_and_text(text: str, purpose: str, found: tuple[str, str] | None) -> None:
    """Promotion is marketing, a code is authentication, and neither is the other."""
    assert found_by(text, purpose) == found


@pytest.mark.parametrize(
    "text",
    [
        "30% de descuento en toda la tienda",
        "Profitez de nos soldes",
        "Jetzt zugreifen: 20 % Rabatt auf alles",
        "Saldi! Acquista ora",
        "Распродажа! Скидка 50%",
        "%50 indirim, hemen al",
        "تخفيضات كبرى، تسوق الآن",
        "全场五折 限时抢购",
        "限定セール開催中",
        "오늘만 50% 할인",
        "ลดสูงสุด 50% ช้อปเลย",
        "Khuyến mãi lớn, mua ngay",
        "Diskon 50% hari ini, belanja sekarang",
    ],
)
def test_knows_promotion_in_other_languages(text: str) -> None:
    """Marketing is no less marketing in another language."""
    assert found_by(text, "utility") == ("flag", "purpose_marketing")


@pytest.mark.parametrize("digits", ["12", "123", "1234"])
def test_takes_three_digits_for_a_possible_code(digits: str) -> None:
    """A part of a code may have three; two are an age or a day."""
    expected = ("flag", "purpose_no_code") if digits == "12" else None
    assert found_by(f"Ihr Wert: {digits}", "authentication") == expected
