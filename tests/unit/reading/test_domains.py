"""Registered domains by the public suffix list."""

import pytest

from pipeline.reading.domains import TOP_LEVEL, registered_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.co.uk", "b.co.uk"),
        ("www.paypal.com", "paypal.com"),
        ("paypal.com", "paypal.com"),
        ("login.paypal.com.secure-verify.co.uk", "secure-verify.co.uk"),
        ("shop.github.io", "shop.github.io"),
        ("github.io", "github.io"),
        ("www.ck", "www.ck"),
        ("x.foo.ck", "x.foo.ck"),
        ("com", "com"),
        ("a.example", "a.example"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("почта.xn--p1ai", "почта.xn--p1ai"),
        ("почта.рф", "почта.рф"),
        ("e.g", None),
        ("localhost.nowhere", None),
        ("", None),
    ],
)
def test_gives_what_somebody_registered(host: str, domain: str | None) -> None:
    """Countries' second levels, hosters, wildcards and their exceptions, unknown ends."""
    assert registered_domain(host) == domain


def test_knows_top_level_domains_in_both_forms() -> None:
    """As letters and in Punycode; and those that are reserved."""
    assert {"com", "top", "рф", "xn--p1ai", "example"} <= TOP_LEVEL
    assert "apk" not in TOP_LEVEL
