"""What is known of single hosts: public shorteners, doors into chat programs, addresses in numbers."""

import re
from typing import Final

from pipeline.domain.tables import read_table

_LABELS_MAX: Final = 127
"""A domain name has at most 127 labels (RFC 1035: 255 octets)."""

SHORTENERS: Final = {row["domain"]: row["named_by"] for row in read_table("url_shorteners.csv")}
CHATS: Final = frozenset(
    (
        "wa.me wa.link api.whatsapp.com chat.whatsapp.com web.whatsapp.com t.me telegram.me telegram.dog m.me "
        "line.me lin.ee viber.click signal.me signal.group discord.gg discord.com zalo.me open.kakao.com "
        "u.wechat.com "
    ).split()
)
"""Hosts whose links open a conversation in another program (their operators' documentation, 2026-11)."""
WORD_DOMAINS: Final = frozenset(
    (
        "am an as at be by do he in is it la ma me my no of on or re so to us we de al el en es se si su un pa ki "
        "na ga app art baby band bank bar beauty best bet bike bio black blog blue boo box business buy call cam "
        "camp car cards care cars case cash center chat cheap church city clean click cloud club coffee community "
        "company cool date day deal deals design dog earth eat email energy engineer events exchange expert express "
        "family fan fans farm fashion fast fish fit food football forum free friend fun fund fyi game games gay "
        "gift gifts gives glass global gold gop got green group guide guru hair health help here holiday home horse "
        "host hot house how ink insurance jobs joy kids kim land law legal life like limited link live loan lol "
        "love luxury man market mba media meet men menu mobile moda moe mom money monster movie music name new news "
        "next now one online open page party pay pet phone photo photos pics pink pizza place play plus poker press "
        "productions promo pub quest racing read red ren rent repair report rest review rich rip rocks room run "
        "safe sale save school science search secure services sex sexy shoes shop show skin soccer social solutions "
        "soy space sport store storage stream study style sucks support surf swiss tax taxi team tech tel tips "
        "tires today top tours town toys trade training travel tube uno vin vip vet video villas vision vote voting "
        "voyage wang watch website win wine wow work works world wtf yoga you zero zone "
    ).split()
)
"""Top-level domains that are also words of sentences (`her.love`)."""
REDIRECTORS: Final = frozenset(
    "l.facebook.com lm.facebook.com l.instagram.com l.messenger.com l.wl.co slack-redir.net out.reddit.com "
    "away.vk.com steamcommunity.com linkedin.com www.linkedin.com href.li".split()
)
"""Hosts that lead on to any address that their query names (2026-11); Google's are told by name and path."""

_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]{0,16}|[0-9]{1,16})(?:\.(?:0x[0-9a-f]{0,16}|[0-9]{1,16})){0,3}", re.ASCII)
_V6: Final = re.compile(r"\[[0-9a-f:.]{2,45}(?:%25[\w.~-]{1,32})?\]", re.ASCII)
_BYTE, _WORD = 256, 2**32


def shortener_of(host: str) -> tuple[str, str] | None:
    """Give the public shortener that a host belongs to, itself or as a subdomain.

    :returns: its domain, and `carrier` (a carrier or provider refuses it by name) or `list` (a public list has it)
    """
    for _ in range(_LABELS_MAX):
        named_by = SHORTENERS.get(host)
        if named_by is not None:
            return host, named_by
        _, dot, host = host.partition(".")
        if not dot:
            break
    return None


def is_redirector(host: str, path: str) -> bool:
    """Tell whether a link of this host and path leads on to an address in its query."""
    if host in REDIRECTORS:
        return True
    labels = host.split(".")
    return path.startswith(("/url?", "/amp/")) and ("google" in labels or "bing" in labels)


def is_ip_literal(host: str) -> bool:
    """Tell whether a browser takes a host for an IP address, in any notation.

    Dotted, with fewer than four parts, decimal, hexadecimal, octal, mixed, or IPv6 in brackets (WHATWG URL standard,
    section 3.5, as of 2026).
    """
    if host.startswith("["):
        return _V6.fullmatch(host) is not None
    if not host or host[0] not in "0123456789" or _NUMBER.fullmatch(host) is None:
        return False
    try:
        parts = [_part(part) for part in host.split(".")]
    except ValueError:
        return False
    return all(part < _BYTE for part in parts[:-1]) and parts[-1] < _WORD >> 8 * (len(parts) - 1)


def _part(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text[0] == "0" and len(text) > 1 else 10)
