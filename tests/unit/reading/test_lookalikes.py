"""Hosts that look like a protected brand's."""

import pytest

from pipeline.reading.brands import BRANDS_MAX, PACKAGED_BRANDS, Brand, build_brands
from pipeline.reading.links import find_links
from pipeline.reading.lookalikes import Lookalikes
from pipeline.reading.normalise import normalise

LOOKALIKES = Lookalikes(PACKAGED_BRANDS)


def imitated(text: str) -> tuple[str, str] | None:
    """Give brand and kind of what the first link of a text imitates."""
    found = LOOKALIKES.imitation_by(find_links(text)[0])
    return (found.brand, found.kind) if found else None


@pytest.mark.parametrize(
    ("link", "brand", "kind"),
    [
        ("paypa1-secure.example/login", "PayPal", "disguised"),
        ("раураl.com", "PayPal", "disguised"),
        ("http://xn--pypal-4ve.com", "PayPal", "disguised"),
        ("amaz0n.shop", "Amazon", "disguised"),
        ("arnazon.com", "Amazon", "disguised"),
        ("payppal.com", "PayPal", "misspelt"),
        ("faceboook.com", "Facebook", "misspelt"),
        ("dhl-parcel.top/x", "DHL", "with_word"),
        ("netflix-billing.com", "Netflix", "with_word"),
        ("uspsredelivery.com", "USPS", "with_word"),
        ("login.paypal.com.secure-verify.co.uk", "PayPal", "subdomain"),
        ("usps.delivery-fee.top", "USPS", "subdomain"),
        ("evil.top/paypal/login", "PayPal", "path"),
        ("santander.xyz", "Santander", "other_domain"),
        ("paypal.github.io", "PayPal", "other_domain"),
    ],
)
def test_notices_imitations(link: str, brand: str, kind: str) -> None:
    """By look-alike letters, misspelling, a luring word, subdomain, path, another top-level domain."""
    assert imitated(link) == (brand, kind)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.paypal.com/activity",
        "https://mabanque.bnpparibas/x",
        "https://www.tax.service.gov.uk/hmrc",
        "sunnybakery.example",
        "orange.example",
        "apple.pie.com",
        "targeted.com",
        "ups.com",
        "delivery.example",
        "nbbank.com",
        "cloud.com",
        "evil.top/paypal",
        "http://1.2.3.4/paypal/login",
    ],
)
def test_lets_others_be(link: str) -> None:
    """Brands' own domains, states, everyday words, and names that only come near one."""
    assert imitated(link) is None


def test_names_the_owner_of_a_domain() -> None:
    """So that a rule can compare it with the workspace."""
    assert LOOKALIKES.owners_of(find_links("https://www.paypal.com")[0]) == {"PayPal"}
    assert LOOKALIKES.owners_of(find_links("https://sunnybakery.example")[0]) == set()


@pytest.mark.parametrize(
    ("text", "brands"),
    [
        ("Your DHL parcel waits at the Royal Mail depot", {"DHL", "Royal Mail"}),
        ("pay with paypal", {"PayPal"}),
        ("your parcel, an orange and a chase", set()),
        ("Chase: your account", {"Chase"}),
        ("royal wedding mail", set()),
        ("ROYALMAIL", {"Royal Mail"}),
    ],
)
def test_tells_which_brands_a_text_names(text: str, brands: set[str]) -> None:
    """Everyday words count only as the brand writes them."""
    assert PACKAGED_BRANDS.named_in(normalise(text).split(), text) == brands


def brands_of(count: int) -> list[Brand]:
    """Make so many brands."""
    return [Brand(f"Brand{number}x", (f"b{number}.example",), "INT", "shop", is_word=False) for number in range(count)]


def test_protects_up_to_its_limit() -> None:
    """2,000 brands can be protected, not one more."""
    assert len(build_brands(brands_of(BRANDS_MAX)).by_key) == BRANDS_MAX
    with pytest.raises(ValueError, match="2001 brands"):
        build_brands(brands_of(BRANDS_MAX + 1))


def test_packaged_brands_cover_the_world() -> None:
    """Some hundreds, of over twenty countries, each with a domain."""
    brands = PACKAGED_BRANDS.by_key.values()
    assert len(brands) >= 300
    assert len({brand.country for brand in brands}) > 20
    assert all(brand.domains for brand in brands)
