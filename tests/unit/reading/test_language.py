"""The language of a text."""

import pytest

from pipeline.reading.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your parcel could not be delivered because nobody was at home yesterday", "en"),
        ("Votre colis est en attente, veuillez régler les frais de livraison", "fr"),
        ("Ihr Paket konnte leider nicht zugestellt werden, bitte bestätigen Sie die Adresse", "de"),
        ("Su paquete no ha podido ser entregado porque la dirección está incompleta", "es"),
        ("Paket Anda sedang menunggu di gudang kami, silakan ambil besok", "id"),
        ("Ваша посылка ожидает вас на почте, заберите её завтра", "ru"),
        ("Ваша посилка очікує на вас у відділенні", "uk"),
        ("您的包裹因地址不详无法派送", "zh"),
        ("お荷物のお届けにあがりましたが不在", "ja"),
        ("택배 배송이 불가합니다", "ko"),
        ("พัสดุของคุณไม่สามารถจัดส่งได้", "th"),
        ("رمز التحقق الخاص بك هو", "ar"),
        ("بسته شما در پست مانده است چرا", "fa"),
        ("החבילה שלך מחכה", "he"),
        ("आपका पार्सल", "hi"),
        ("OK", "und"),
        ("123 456", "und"),
        ("", "und"),
        ("a\x00b \ud800", "und"),
    ],
)
def test_tells_the_language(text: str, language: str) -> None:
    """By script, by letters that only one language has, by words; unsure rather than wrong."""
    assert language_of(text) == language


def test_a_foreign_host_does_not_decide() -> None:
    """A Chinese text with some Latin words is Chinese."""
    assert language_of("尊敬的客户您好，您的账户 VIP 已被冻结，请及时处理 OK") == "zh"
