"""Links in texts, also those that are written so that only a person finds them."""

import pytest

from pipeline.reading.hosts import is_ip_literal
from pipeline.reading.links import LINKS_MAX, find_links, link_to, without_links
from pipeline.reading.normalise import LINK_PLACEHOLDER


def hosts(text: str) -> list[str]:
    """List the hosts that a text links to."""
    return [link.host for link in find_links(text)]


def flags(text: str) -> set[str]:
    """Give the flags of the first link of a text, without those that say how it is written."""
    return set(find_links(text)[0].flags) - {"scheme", "bare", "path"}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Pay at https://www.Pay-Pal.com/login?x=1.", "www.pay-pal.com"),
        ("see sunnybakery.example/menu", "sunnybakery.example"),
        ("请点击t.cn/abc查看", "t.cn"),
        ("请点击https://t.cn/abc查看", "t.cn"),
        ("https://bit.ly，请", "bit.ly"),
        ("https://bit.ly请点击", "bit.ly"),
        ("seehttp://a.co/x", "a.co"),
        ("www.360.cn", "www.360.cn"),
        ("login at www.scbcc/", "www.scbcc"),
        ("Hello...bye.now", "bye.now"),
        ("http://evil.com\\@good.com", "evil.com"),
        ("https://банк.рф/вход", "банк.рф"),
        ("http://ev%69l.com/", "evil.com"),
    ],
)
def test_finds_hosts(text: str, host: str) -> None:
    """With and without scheme, touched by other scripts, in capitals."""
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Your order leaves today. Thanks.",
        "e.g. this, a.m. or p.m.",
        "Rs.500.Avl bal 3.5",
        "It is here.Now we go",
        "mail joe.x@gmail.com.",
        "on 01.02.info",
        "version 1.2.3.4",
        "Data:5GB, code:123",
        "http:// and ://",
        "I paid. com on",
        "Thanks.please",
        "www.ab",
    ],
)
def test_finds_none_where_there_is_none(text: str) -> None:
    """Sentences, numbers, abbreviations and e-mail addresses are no links."""
    assert find_links(text) == ()


@pytest.mark.parametrize(
    ("text", "host", "flag"),
    [
        ("hxxps://evil[.]com/app", "evil.com", "defanged"),
        ("evil (dot) com/x", "evil.com", "defanged"),
        ("h**p://evil.com", "evil.com", "defanged"),
        ("www . evil . com", "www.evil.com", "split"),
        ("bit. ly/abc go", "bit.ly", "split"),
        ("http : / / evil.com", "evil.com", "split"),
        ("ev\u200bil.com", "evil.com", "split"),
        ("evil。com/x", "evil.com", "disguised"),
        ("ＥＶＩＬ．ｃｏｍ/a", "evil.com", "disguised"),
        ("paypal•com", "paypal.com", "disguised"),
    ],
)
def test_undoes_disguises(text: str, host: str, flag: str) -> None:
    """The host is found, and that it was disguised is said."""
    (link,) = find_links(text)
    assert link.host == host
    assert flag in link.flags


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("http://3232235777/login", "ip"),
        ("http://[::1]/a", "ip"),
        ("1.2.3.4/x", "ip"),
        ("http://xn--pypal-4ve.com", "punycode"),
        ("раураl.com", "foreign_letters"),
        ("http://paypal.com@evil.top/x", "userinfo"),
        ("http://evil.com:8443/", "port"),
        ("evil.com:8443/x", "port"),
        ("https://a.example/app.apk", "executable"),
        ("https://a.example/app%2Eapk?x=1", "executable"),
        ("https://a.example/get?file=app.exe&y", "executable"),
        ("update.apk", "executable"),
        ("bit.ly/abc", "shortener"),
        ("intent://x#Intent;end", "deep_link"),
        ("market://details", "deep_link"),
        ("tg:resolve?domain=x", "deep_link"),
        ("wa.me/12065550100", "chat"),
        ("https://t.me/x", "chat"),
        ("data:text/html;base64,xx", "data"),
        ("javascript:alert(1)", "script"),
    ],
)
def test_tells_what_is_special(text: str, flag: str) -> None:
    """Each sign by itself."""
    assert flags(text) == {flag}


@pytest.mark.parametrize(
    "text",
    ["https://a.example:443/x", "http://a.example:80", "https://a.example/apk", "https://a.example/a.pdf", "a.example"],
)
def test_ordinary_links_have_no_signs(text: str) -> None:
    """The usual ports and file types are nothing special."""
    assert flags(text) == set()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://www.google.com/url?q=https%3A%2F%2Fevil.top%2Fa&sa=1", "evil.top"),
        ("https://www.google.com/url?q=evil.top/a", "evil.top"),
        ("https://l.facebook.com/l.php?u=http://x.top/", "x.top"),
        ("https://shop.example/out?to=https://evil.top/a", "evil.top"),
    ],
)
def test_follows_where_a_link_leads_on(text: str, target: str) -> None:
    """Redirectors are named, and their target is a link of its own."""
    first, second = find_links(text)
    assert "redirector" in first.flags
    assert "target" in second.flags
    assert second.host == target


def test_a_query_is_no_target_elsewhere() -> None:
    """A host in the query of an ordinary link, without a scheme, leads nowhere."""
    assert hosts("https://shop.example/search?q=evil.top") == ["shop.example"]


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("1.2.3.4", True),
        ("256.1.1.1", False),
        ("255.255.255.255", True),
        ("3232235777", True),
        ("4294967295", True),
        ("4294967296", False),
        ("0xc0a80001", True),
        ("0300.0250.1.1", True),
        ("0x7f.1", True),
        ("127.1", True),
        ("1.2.3.4.5", False),
        ("09.1.1.1", False),
        ("[::1]", True),
        ("[x]", False),
        ("163.com", False),
        ("", False),
    ],
)
def test_reads_addresses_as_browsers_do(host: str, is_one: bool) -> None:  # noqa: FBT001
    """Decimal, hexadecimal, octal, mixed and short; a number that is too large is none."""
    assert is_ip_literal(host) is is_one


@pytest.mark.parametrize(("links", "found"), [(LINKS_MAX - 1, LINKS_MAX - 1), (LINKS_MAX + 1, LINKS_MAX)])
def test_finds_so_many_links_at_most(links: int, found: int) -> None:
    """A text of links costs no more than the limit."""
    assert len(find_links("a.example " * links)) == found


def test_a_link_stands_where_it_was_written() -> None:
    """Positions are those of the original, also after a disguise was undone."""
    text = "Go to hxxp://ev\u200bil[.]com/a now"
    (link,) = find_links(text)
    assert text[link.begin : link.end] == "hxxp://ev\u200bil[.]com/a"


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("i miss her.love you", True),
        ("go to her.love/you", False),
        ("go to www.her.love", False),
        ("go to http://her.love", False),
        ("go to her2.love", False),
        ("go to hers.com", False),
    ],
)
def test_doubts_what_may_be_two_sentences(text: str, is_doubtful: bool) -> None:  # noqa: FBT001
    """A word before a word, and nothing else that a link has."""
    (link,) = find_links(text)
    assert ("doubtful" in link.flags) is is_doubtful
    assert (without_links(text, (link,)) == text) is is_doubtful


def test_puts_a_placeholder_for_links() -> None:
    """One each, none that the text brought itself, and nothing moves."""
    text = f"a{LINK_PLACEHOLDER} https://www.google.com/url?q=http://x.top b.example"
    plain = without_links(text, find_links(text))
    assert plain.split() == ["a", LINK_PLACEHOLDER, LINK_PLACEHOLDER]
    assert len(plain) == len(text)


def test_reads_the_address_of_a_medium() -> None:
    """It is a link with a flag of its own."""
    link = link_to("https://cdn.example/a.apk", "media")
    assert link is not None
    assert link.flags >= {"media", "executable"}
    assert link_to("no address", "media") is None
