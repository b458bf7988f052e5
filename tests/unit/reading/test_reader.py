"""Reading a content: everything in one value, with caches that change nothing."""

import time

import pytest

from pipeline.domain.events import Content, Media, Template
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.reader import CACHED_READINGS_MAX, Reader
from pipeline.testing.readers import build_reader

PHISHING = "PayPal: your account has been locked. Verify within 24 hours at paypa1-secure.example/login"
SECONDS_MAX = 0.05
"""Ten times what is aimed at (5 ms), because test machines are shared; `bench/reading.py` measures."""


def text(body: str) -> Content:
    """Make a content of a text alone."""
    return Content("text", body)


def test_finds_everything_at_once() -> None:
    """Links, imitation, brand, patterns, features, language and fingerprint of one text."""
    reading = build_reader().read(text(PHISHING))
    assert [link.host for link in reading.links] == ["paypa1-secure.example"]
    assert [(each.brand, each.kind) for each in reading.imitations] == [("PayPal", "disguised")]
    assert reading.brands == {"PayPal"}
    assert "fraud.bank/en/locked" in [hit.id for hit in reading.hits]
    assert reading.features >= {"link", "urgency"}
    assert reading.language == "en"
    assert len(reading.fingerprint.keys) == 4
    assert reading.is_whole
    assert reading.lexicons_hash.startswith("sha256:")


def test_finds_nothing_in_an_honest_text() -> None:
    """And takes no number for a phone's or a card's."""
    reading = build_reader().read(text("Your order 123456 has been packed and leaves our shop today."))
    assert (reading.links, reading.imitations, reading.sensitive, reading.hits) == ((), (), (), ())
    assert reading.features.isdisjoint({"link", "phone", "urgency", "money"})


@pytest.mark.parametrize(
    ("body", "has_phone"),
    [
        ("call +44 7700 900123", True),
        ("call 020 7946 0123 00", True),
        ("call (212) 555-0123 today", True),
        ("code 123456", False),
        ("code 12345678", False),
        ("£1,234,567.89", False),
    ],
)
def test_tells_a_phone_number(body: str, has_phone: bool) -> None:  # noqa: FBT001
    """Nine digits or more, or a plus; codes and amounts are none."""
    assert ("phone" in build_reader().read(text(body)).features) is has_phone


def test_reads_what_a_template_is_filled_with() -> None:
    """A bare template is its parameters; a parameter that the text hides is read too."""
    reader = build_reader()
    bare = Content("template", None, Template("t", parameters=("Anna", "evil.top/x")))
    hidden = Content("template", "Hello Anna", Template("t", parameters=("Anna", "evil.top/x")))
    assert [link.host for link in reader.read(bare).links] == ["evil.top"]
    assert reader.read(hidden).text == "Hello Anna\nevil.top/x"


def test_reads_links_of_media() -> None:
    """A program that is sent along is a link to a program; the same text without it is another content."""
    reader = build_reader()
    with_medium = Content("media", "see", media=(Media("https://cdn.example/a.apk"),))
    (link,) = reader.read(with_medium).links
    assert link.flags >= {"media", "executable"}
    assert reader.read(text("see")).links == ()


def test_reads_a_content_again_from_its_cache() -> None:
    """The very same value."""
    reader = build_reader()
    assert reader.read(text(PHISHING)) is reader.read(text(PHISHING))


def test_texts_of_one_wording_share_what_does_not_vary_and_nothing_else() -> None:
    """A card number or another host does not hide behind a text that was read before."""
    reader = build_reader()
    first = reader.read(text("Your card 1234 1234 1234 1234 at https://good.example/a"))
    second = reader.read(text("Your card 4111 1111 1111 1111 at https://paypa1.example/b"))
    assert second.distinct is first.distinct
    assert first.sensitive == ()
    assert [each.kind for each in second.sensitive] == ["card"]
    assert [each.brand for each in second.imitations] == ["PayPal"]


def test_sensitive_values_stand_where_they_were_sent() -> None:
    """Also behind a link."""
    body = "See https://shop.example/a-long-path and card 4111 1111 1111 1111"
    (found,) = build_reader().read(text(body)).sensitive
    assert body[found.begin : found.end] == "4111 1111 1111 1111"


def test_a_doubtful_link_is_no_feature() -> None:
    """Two sentences without a space between them do not make a text suspicious; the link stands among the links."""
    reading = build_reader().read(text("i miss her.love you"))
    assert len(reading.links) == 1
    assert "link" not in reading.features


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("card 4111 1111 1111 1112", "card 4111 1111 1111 1111", "sensitive"),
        ("IBAN GB29 NWBK 6016 1331 9268 18", "IBAN GB29 NWBK 6016 1331 9268 19", "sensitive"),
        ("at http://9999999999/x", "at http://3232235777/x", "links"),
        ("at paypa1.example/1111", "at paypa1.example/2222", "imitations"),
        ("at http://1111111111", "at http://3232235777", "links"),
    ],
)
def test_nothing_hides_behind_a_text_that_differs_in_digits(first: str, second: str, kind: str) -> None:
    """What depends on the digits is found in each."""
    reader = build_reader()
    reader.read(text(first))
    reader.read(text(first.replace("1", "3")))
    found = getattr(reader.read(text(second)), kind)
    assert found
    assert found == getattr(build_reader().read(text(second)), kind)


def test_a_text_that_differs_in_long_numbers_keeps_its_own() -> None:
    """Text, path and normalised form are its own, not those of the text that was read before."""
    reader = build_reader()
    reader.read(text("Order 4711 at https://shop.example/o/4711"))
    reader.read(text("Order 4712 at https://shop.example/o/4712"))
    reading = reader.read(text("Order 5822 at https://shop.example/o/5822"))
    assert reading.text == "Order 5822 at https://shop.example/o/5822"
    assert reading.links[0].path == "/o/5822"
    assert reading.normalised == " order 5822 at ~ "


def test_caches_are_bounded() -> None:
    """Twice as many different texts as are kept do not make it grow beyond."""
    reader = build_reader()
    for number in range(2 * CACHED_READINGS_MAX):
        reader.read(text(f"text {number}"))
    assert len(reader._readings) <= CACHED_READINGS_MAX  # noqa: SLF001 - the bound is what is asked
    assert len(reader._texts) <= CACHED_READINGS_MAX  # noqa: SLF001


def test_says_when_it_could_not_read_to_the_end() -> None:
    """So that a rule does not allow for what it did not see."""
    reader = build_reader()
    assert not reader.read(text("\ufdfa" * 4_000)).is_whole
    assert not reader.read(text("a.example " * 120)).is_whole
    assert reader.read(text("a" * 10_000)).is_whole


@pytest.mark.parametrize("kind", ["text", "template"])
def test_reads_messages_of_one_campaign_by_their_like(kind: str) -> None:
    """What differs in long numbers alone is read once, whether a text says them or a template is filled with them."""

    def content(number: int) -> Content:
        body = f"{PHISHING} order {number}"
        return Content(kind, body, Template("t", parameters=(str(number),)) if kind == "template" else None)

    reader = build_reader()
    _, second, third = (reader.read(content(number)) for number in (445501, 445502, 445503))
    assert third.imitations
    assert third.imitations is second.imitations


def test_other_lexicons_begin_anew() -> None:
    """What was read with the old ones is not answered for the new ones."""
    reader = build_reader()
    old = reader.read(text(PHISHING))
    again = reader.with_matcher(build_reader().matcher).read(text(PHISHING))
    assert again == old
    assert again is not old


HOSTILE = {
    "dots": "." * 4096,
    "labels": "a." * 2048,
    "hosts": "a.co " * 820,
    "colons": ":a" * 2048,
    "schemes": "http://" * 585,
    "users": "http://a@" * 455,
    "mails": "a@b.co" * 680,
    "targets": "https://a.co/?u=http" * 200,
    "hidden dots": "\u200ba.com " * 580,
    "brackets": "[.]" * 1365,
    "spaced dots": " . com" * 680,
    "letters": "a" * 4096,
    "single letters": "a " * 2048,
    "letters and digits": "a4" * 2048,
    "digits": "1" * 4096,
    "single digits": "1 " * 2048,
    "capitals": "A1 " * 1365,
    "capital letters": "A" * 4096,
    "cards": "4111 1111 1111 1111 " * 204,
    "tokens": "eyJ" * 1365,
    "wallets": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb " * 117,
    "ibans": "GB29NWBK60161331926818 " * 178,
    "ligatures": "\ufdfa" * 4096,
    "mixed scripts": "аa " * 1365,
    "characters without spaces": "贷 " * 2048,
    "brands": "paypal " * 585,
    "passwords": "password is " * 340,
    "plus": "+1" * 2048,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_reads_hostile_texts_in_time(body: str) -> None:
    """The longest texts of what costs most take milliseconds, language and fingerprint too."""
    best = float("inf")
    for _ in range(3):
        reader = build_reader()
        began = time.perf_counter()
        reading = reader.read(text(body))
        _ = reading.language, reading.fingerprint
        best = min(best, time.perf_counter() - began)
    assert best < SECONDS_MAX


def test_reads_with_one_thread_at_a_time_but_many_readers() -> None:
    """Readers of the same matcher, made for another thread, do not disturb each other."""
    first = build_reader()
    second = Reader(first.matcher.for_another_thread())
    assert first.read(text(PHISHING)) == second.read(text(PHISHING))


def test_asks_a_model_once_for_each_wording() -> None:
    """Texts that differ in digits share what it says; without a model the score is 0."""
    asked: list[str] = []

    def score(masked: str) -> float:
        asked.append(masked)
        return 0.5

    reader = Reader(packaged_matcher(), fraud_score=score)
    readings = [reader.read(text(f"Order {number} leaves in {number} days")) for number in (1, 2, 3)]
    assert [reading.fraud_score for reading in readings] == [0.5] * 3
    assert asked == [" order 0 leaves in 0 days "]
    assert reader.with_matcher(packaged_matcher()).read(text("Order")).fraud_score == 0.5
    assert build_reader().read(text("Order 1")).fraud_score == 0.0
