"""What a workspace may link to, call itself and deal with."""

import pytest

from pipeline.reading.links import find_links
from pipeline.rules.standing import has_authority, is_authorised_for, is_own, knows_domains
from pipeline.testing.builders import build_facts, build_workspace


@pytest.mark.parametrize(
    ("domain", "url", "own"),
    [
        ("sunnybakery.example", "https://sunnybakery.example/a", True),
        ("sunnybakery.example", "https://pay.sunnybakery.example/a", True),
        ("www.SunnyBakery.example", "https://sunnybakery.example/a", True),
        ("app.sunnybakery.example", "https://pay.sunnybakery.example/a", True),
        ("sunnybakery.example", "https://notsunnybakery.example/a", False),
        ("sunnybakery.example", "https://sunnybakery.example.evil.test/a", False),
        ("sunny.github.io", "https://evil.github.io/a", False),
        ("sunnybakery.example", "http://3232235777/a", False),
    ],
)
def test_knows_own_links(domain: str, url: str, own: bool) -> None:  # noqa: FBT001
    """All of a registered domain is the workspace's; what a hoster gives to anybody is not."""
    facts = build_facts(workspace=build_workspace(domains=[domain]))
    assert is_own(find_links(url)[0], facts) is own


def test_knows_nothing_without_a_record() -> None:
    """Without workspace or domains nothing is its own, and this is known."""
    link = find_links("https://sunnybakery.example/a")[0]
    for facts in (build_facts(workspace=None), build_facts(workspace=build_workspace())):
        assert not knows_domains(facts)
        assert not is_own(link, facts)
        assert not is_authorised_for("PayPal", facts)


@pytest.mark.parametrize(
    ("record", "authorised"),
    [
        ({"name": "PayPal"}, True),
        ({"name": "paypal europe"}, True),
        ({"brands": ["PayPal"]}, True),
        ({"domains": ["paypal.com"]}, True),
        ({"domains": ["www.paypal.com"]}, True),
        ({"name": "PayPalace"}, False),
        ({"domains": ["paypal.com.example"]}, False),
    ],
)
def test_knows_own_brands(record: dict[str, object], authorised: bool) -> None:  # noqa: FBT001
    """By name, brand or the brand's own domain; a longer word is another name."""
    assert is_authorised_for("PayPal", build_facts(workspace=build_workspace(**record))) is authorised


def test_knows_authorities() -> None:
    """For a category, its family or all regulated goods."""
    workspace = build_workspace(authorities=["gambling"])
    assert has_authority("gambling.online", workspace)
    assert not has_authority("drugs", workspace)
    assert not has_authority("gambling", None)
    assert has_authority("drugs", build_workspace(authorities=["regulated_goods"]))
