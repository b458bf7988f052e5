"""The links in a text, also those that are written so that only a person or a phone finds them.

A link is found by a colon or a dot with something behind it: a scheme with an authority (`http://3232235777/`), a
scheme that needs none (`tg:`, `javascript:`), or a host by itself, which phones make tappable. Undone before: `hxxp`,
`[.]`, `(dot)`, spaces around a dot, invisible characters, full-width letters, dots that are none.

A bare host needs a known top-level domain and letters of ASCII, Latin, Greek or Cyrillic: in Chinese, Thai or Arabic
text, host and sentence touch. An e-mail address is no link. A name that ends as programs do (`update.apk`) is one.

Known gaps: a host cut by a space inside a label. A sentence that goes on after a dot without a space looks like a host
when the next word is a top-level domain in small letters (`thanks.now`): such links are `doubtful`.

Cost: one pass over the text; what is looked at lies behind what was seen before, so a hostile text costs no more.
"""

import functools
import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from pipeline.reading.domains import TOP_LEVEL, registered_domain
from pipeline.reading.hosts import CHATS, WORD_DOMAINS, is_ip_literal, is_redirector, shortener_of
from pipeline.reading.normalise import LINK_PLACEHOLDER

LINKS_MAX: Final = 100
"""More links than any honest message holds. Beyond it a text counts as not read to its end."""
URL_CHARACTERS_MAX: Final = 2_048
_TARGETS_MAX: Final = 3
"""How often a link may lead on within its own address."""


class Link(Struct, frozen=True, gc=False):
    """One link of a text.

    Flags: `scheme` or `bare`; `doubtful` (may be two sentences without a space); `path`; `defanged`, `split`,
    `disguised` (undone as above); `ip`; `punycode`; `foreign_letters` (beyond ASCII); `userinfo`; `port` (other than 80
    and 443); `executable`; `shortener`; `redirector` and, for where it leads, `target`; `deep_link`; `chat`; `data`;
    `script`; `media`.
    """

    host: str
    """In small letters, as written; empty where the scheme has none."""
    registered_domain: str | None
    """None for addresses in numbers, unknown top-level domains and schemes without a host."""
    flags: frozenset[str]
    path: str = ""
    """Path, query and fragment. For look-ups only: it may name a person, so it stands in no finding."""
    begin: int = 0
    end: int = 0
    """Where it stands in the text."""


def find_links(text: str) -> tuple[Link, ...]:
    """List the links of a text in their order, each followed by where it leads on to; at most `LINKS_MAX`."""
    if _POSSIBLE.search(text) is None and not _may_be_split(text):
        return ()
    prepared, offsets, undone = _prepare(text)
    found: list[Link] = []
    reached = 0
    at = _next_mark(prepared, 0)
    while at >= 0 and len(found) < LINKS_MAX:
        raw = _with_colon(prepared, at, reached) if prepared[at] == ":" else _bare(prepared, at, reached, text, offsets)
        if raw is not None:
            reached = max(raw.end, at + 1)
            if raw.host or raw.flags:
                begin, end = (offsets[raw.begin], offsets[raw.end - 1] + 1) if offsets else (raw.begin, raw.end)
                if prepared[raw.begin : raw.end] == text[begin:end].lower():
                    found += _links_from(raw, (), begin, end)
                else:
                    found += _links_from(raw, undone or ("disguised",), begin, end)
        at = _next_mark(prepared, max(at + 1, reached))
    return tuple(found[:LINKS_MAX])


def without_links(text: str, links: tuple[Link, ...]) -> str:
    """Put a placeholder for each link that is not doubtful; positions stay.

    A placeholder that stands in the text itself would be taken for a link: it becomes a blank.
    """
    if LINK_PLACEHOLDER in text:
        text = text.replace(LINK_PLACEHOLDER, " ")
    if not links:
        return text
    parts: list[str] = []
    reached = 0
    for link in links:
        if link.begin >= reached and link.end > link.begin and "doubtful" not in link.flags:
            parts += (text[reached : link.begin], " ", LINK_PLACEHOLDER, " " * (link.end - link.begin - 2))
            reached = link.end
    parts.append(text[reached:])
    return "".join(parts)


def _may_be_split(text: str) -> bool:
    if " ." in text or "dot" in text or "DOT" in text or "Dot" in text:
        return True
    return ". " in text and (_BACK.search(text.lower()) is not None or "www. " in text.lower())


def link_to(url: str, flag: str) -> Link | None:
    """Read an address that is given as such, like that of a medium."""
    link = next(iter(find_links(url[:URL_CHARACTERS_MAX])), None)
    return link and Link(link.host, link.registered_domain, link.flags | {flag}, link.path)


def shorteners_in(text: str) -> tuple[tuple[str, str], ...]:
    """List the public shorteners that a text links to, each once, and who names it.

    :returns: domain and `carrier` (a carrier or provider refuses it by name) or `list` (a public list has it)
    """
    return shorteners_among(find_links(text))


def shorteners_among(links: tuple[Link, ...]) -> tuple[tuple[str, str], ...]:
    """List the public shorteners among links, each once, and who names it."""
    found = (shortener_of(link.host) for link in links if "shortener" in link.flags)
    return tuple(dict.fromkeys(shortener for shortener in found if shortener is not None))


class _Raw(Struct, gc=False):
    """A link as it stands in the prepared text. Without host and flags it is something else, to be passed over."""

    end: int
    begin: int = 0
    host: str = ""
    path: str = ""
    flags: tuple[str, ...] = ()


# --- schemes ----------------------------------------------------------------------------------------------------------

_HOSTLESS: Final = {
    "javascript": "script",
    "vbscript": "script",
    **dict.fromkeys(
        ("intent", "market", "tg", "whatsapp", "viber", "line", "weixin", "itms-apps", "sgnl"), "deep_link"
    ),
}
_SCHEME_CHARACTERS_MAX: Final = 12
_SCHEME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz-")
_AUTHORITY: Final = re.compile(r"[^\s/?#<>\"'\\,;(){}|^`\[\]]*(?:@?\[[0-9a-f:.%]{2,60}\](?::[0-9]{0,5})?)?")
_PATH: Final = re.compile(r"[/?#\\][!-;=?-_a-z|~]*", re.ASCII)
_DATA: Final = re.compile(r":[a-z]{2,12}/[a-z0-9.+-]{2,40}[;,]", re.ASCII)
_NEXT_WORD: Final = re.compile(r"[!-~]*", re.ASCII)
_TRAILING: Final = ".,;:!?)]}'*_\""
_USUAL_PORTS: Final = ("", "80", "443")


def _with_colon(text: str, at: int, reached: int) -> _Raw | None:
    """Read what a colon may be the scheme's end of."""
    has_authority = text.startswith("//", at + 1)
    if has_authority and text.endswith(("http", "https"), reached, at):
        begin = at - (5 if text[at - 1] == "s" else 4)
    else:
        begin = at
        while begin > max(reached, at - _SCHEME_CHARACTERS_MAX) and text[begin - 1] in _SCHEME_CHARACTERS:
            begin -= 1
        scheme = text[begin:at]
        if scheme == "data":
            return _whole_word(text, begin, at, "data") if _DATA.match(text, at) is not None else None
        if scheme in _HOSTLESS:
            return _whole_word(text, begin, at, _HOSTLESS[scheme])
        if not scheme or not has_authority:
            return None
    authority = _AUTHORITY.match(text, at + 3)
    end = authority.end() if authority is not None else at + 3
    return _with_authority(text, begin, text[at + 3 : end], end)


def _whole_word(text: str, begin: int, at: int, flag: str) -> _Raw:
    word = _NEXT_WORD.match(text, at + 1)
    return _Raw(word.end() if word else at + 1, begin, flags=(flag, "scheme"))


def _with_authority(text: str, begin: int, authority: str, end: int) -> _Raw:
    """Take an authority apart: who, where, which door."""
    flags = ["scheme"]
    userinfo, at, place = authority.rpartition("@")
    if at and userinfo:
        flags.append("userinfo")
    if place.startswith("["):
        host, _, port = place.partition("]")
        host, port = host + "]", port.removeprefix(":")
    else:
        host, _, port = place.partition(":")
    if port not in _USUAL_PORTS:
        flags.append("port")
    if "%" in host:
        host = unquote(host).lower()
    host = host.strip(".")
    if not host:
        return _Raw(end)
    if not host.isascii() and registered_domain(host) is None:
        cut = _ASCII_HOST.match(host)
        if cut is not None and cut[0].rstrip(".").rpartition(".")[2] in TOP_LEVEL:
            host = cut[0].rstrip(".")
            return _Raw(end - len(place) + len(cut[0]), begin, host, "", tuple(flags))
    path_end = _end_of_path(text, end)
    return _Raw(path_end, begin, host, text[end:path_end][:URL_CHARACTERS_MAX], tuple(flags))


_ASCII_HOST: Final = re.compile(r"[a-z0-9_.-]+", re.ASCII)


def _end_of_path(text: str, end: int) -> int:
    path = _PATH.match(text, end)
    return end + len(path[0].rstrip(_TRAILING)) if path is not None else end


# --- bare hosts -------------------------------------------------------------------------------------------------------

_LETTERS: Final = "a-z0-9_\u00df-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f-"
_MARK: Final = re.compile(
    rf":(?=\S)|\.(?=[{_LETTERS.replace('0-9', '')}]|[0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9]{{1,3}}[/:])"
)
"""A dot before a digit is a number's, unless it is an IP address's with something behind."""
_LABELS_BEHIND: Final = re.compile(rf"(?:\.[{_LETTERS}]++)+")
_LABEL_BEFORE: Final = re.compile(rf"[{_LETTERS}.]")
_ASCII_BEFORE: Final = "abcdefghijklmnopqrstuvwxyz0123456789_-."
_HOST_CHARACTERS_MAX: Final = 253
_PORT: Final = re.compile(r":[0-9]{2,5}(?![0-9])", re.ASCII)
_PROGRAMS: Final = frozenset(
    "apk xapk apks ipa exe scr msi jar js vbs iso zip bat cmd ps1 hta lnk dmg pkg jnlp wsf".split()
)
"""What a link must not lead to (rules/sensitive.md), and further forms of the same."""
_PROGRAM_IN_PATH: Final = re.compile(rf"\.(?:{'|'.join(sorted(_PROGRAMS))})(?![a-z0-9])", re.ASCII)


def _next_mark(text: str, at: int) -> int:
    mark = _MARK.search(text, at)
    return mark.start() if mark is not None else -1


def _bare(text: str, at: int, reached: int, original: str, offsets: list[int] | None) -> _Raw | None:
    """Read the host around a dot, if it is one."""
    begin_min = max(reached, at - _HOST_CHARACTERS_MAX)
    begin = begin_min + len(text[begin_min:at].rstrip(_ASCII_BEFORE))
    while begin > begin_min and _LABEL_BEFORE.match(text, begin - 1) is not None:
        begin -= 1
    behind = _LABELS_BEHIND.match(text, at)
    if behind is None:
        return None
    end = behind.end()
    host = text[begin:end].rpartition("..")[2].lstrip("-_.")
    begin = end - len(host)
    if begin >= at:
        return None
    if text[end : end + 1] == "@" or (begin and text[begin - 1] == "@"):
        return _Raw(end)
    first, last = (offsets[begin], offsets[end - 1]) if offsets else (begin, end - 1)
    return _with_bare_host(text, begin, end, original[first : last + 1])


def _with_bare_host(text: str, begin: int, end: int, written: str) -> _Raw:
    """Read what stands behind a bare host, and decide whether it is one."""
    host = text[begin:end].rstrip("-_")
    port = _PORT.match(text, end)
    end_of_authority = port.end() if port is not None else end
    path_end = _end_of_path(text, end_of_authority)
    path = text[end_of_authority:path_end][:URL_CHARACTERS_MAX]
    last = host.rpartition(".")[2]
    is_alone = not path and port is None
    if is_alone and last in _PROGRAMS and not host.startswith("www."):
        return _Raw(end, begin, host, f"/{host}", ("bare",))
    if last in TOP_LEVEL:
        is_host = not is_alone or not _is_sentence(host, last, written)
    else:
        is_address = not is_alone and host.count(".") == _DOTS_OF_IP and is_ip_literal(host)
        is_host = is_address or (host.startswith("www.") and len(host) >= _WWW_CHARACTERS_MIN)
    if not is_host:
        return _Raw(end)
    flags = ("bare", "port") if port is not None and port[0][1:] not in _USUAL_PORTS else ("bare",)
    if is_alone and last in WORD_DOMAINS and host.count(".") == 1 and host[: -len(last) - 1].isalpha():
        flags = ("bare", "doubtful")
    return _Raw(path_end, begin, host, path, flags)


_DOTS_OF_IP: Final = 3
_WWW_CHARACTERS_MIN: Final = len("www.abc")
"""So much begins as a host does that it is one, whatever it ends in: people mistype and cut them."""


def _is_sentence(host: str, last: str, written: str) -> bool:
    """Tell a sentence's end and the next one's begin (`here.Now`), or numbers (`01.02.info`), from a host."""
    labels = host.split(".")
    if written[-len(last)].isupper() and not written.isupper() and not written.istitle():
        return True
    return len(labels) > 2 and all(label.isdigit() for label in labels[:-1])  # noqa: PLR2004 - a date has two numbers


# --- what a link is ---------------------------------------------------------------------------------------------------

_LEADS_ON: Final = re.compile(r"(?:[=/?]|%3d)(https?(?::|%3a|%253a)(?:/|%2f|%252f){2}[^&#]{3,1000})", re.ASCII)
_QUERY_HOST: Final = re.compile(
    r"[?&](?:q|u|url|target|to|dest)=((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}[^&#]{0,500})", re.ASCII
)


def _links_from(raw: _Raw, undone: tuple[str, ...], begin: int, end: int) -> list[Link]:
    """Give a link, and where it leads on to."""
    links: list[Link] = []
    flags = (*raw.flags, *undone)
    for _ in range(_TARGETS_MAX):
        leads_on = _target_of(raw.host, raw.path)
        more = ("redirector",) if leads_on or (raw.path and is_redirector(raw.host, raw.path)) else ()
        links.append(_link(raw, (*flags, *more), begin, end))
        if leads_on is None:
            break
        if "://" not in leads_on:
            leads_on = f"http://{leads_on}"
        at = leads_on.find("://")
        authority = _AUTHORITY.match(leads_on, at + 3)
        raw = _with_authority(leads_on, 0, authority[0] if authority else "", authority.end() if authority else at + 3)
        if not raw.host:
            break
        flags = (*raw.flags, "target")
    return links


def _target_of(host: str, path: str) -> str | None:
    if len(path) < len("?u=a.bc") or ("http" not in path and not is_redirector(host, path)):
        return None
    match = _LEADS_ON.search(path) or (_QUERY_HOST.search(path) if is_redirector(host, path) else None)
    return unquote(unquote(match[1])).lower() if match is not None else None


def _link(raw: _Raw, flags: tuple[str, ...], begin: int, end: int) -> Link:
    path = raw.path
    if len(path) > 1:
        flags = (*flags, "path")
        if ("." in path or "%2e" in path) and _PROGRAM_IN_PATH.search(unquote(path) if "%" in path else path):
            flags = (*flags, "executable")
    domain, found = _host_facts(raw.host, flags)
    return Link(raw.host, domain, found, path, begin, end)


@functools.lru_cache(maxsize=16_384)
def _host_facts(host: str, flags: tuple[str, ...]) -> tuple[str | None, frozenset[str]]:
    """Give the registered domain of a host, and all flags together; hosts come again."""
    found = set(flags)
    domain = None
    if is_ip_literal(host):
        found.add("ip")
    elif host:
        domain = registered_domain(host)
        if shortener_of(host) is not None:
            found.add("shortener")
        if host in CHATS or domain in CHATS:
            found.add("chat")
        if "xn--" in host:
            found.add("punycode")
        if not host.isascii():
            found.add("foreign_letters")
    return domain, frozenset(found)


# --- disguises --------------------------------------------------------------------------------------------------------

_DOTS: Final = "\u3002\uff0e\uff61\u2024\ufe52\u2027\u2219\u22c5\u30fb\u0701\u0702\ua4f8\u06d4\u00b7\u2022"
_INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f"
_DISGUISE: Final = re.compile(
    f"[{_DOTS}](?=[{_LETTERS}A-Z\uff10-\uff5a\U0001d400-\U0001d7ff])"
    "|[\u2044\u2215\u2236\u02d0\ua789\uff0d\uff0e\uff0f\uff10-\uff1a\uff20-\uff3a\uff41-\uff5a\u2460-\u24ff\U0001d400-\U0001d7ff\u0130]"
)
_POSSIBLE: Final = re.compile(
    rf"[.:{_DOTS}\u2236\u02d0\ua789\uff1a](?=[^\s0-9])|\.[0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9]{{1,3}}[/:]"
)
"""Without any of these a text holds no link, unless one is split: asked first, for most texts hold none."""
_SUSPICIOUS: Final = re.compile(
    f"[{_DOTS}{_INVISIBLE}\u2044\u2215\u2236\u02d0\ua789\uff0d-\uff5a\u2460-\u24ff\U0001d400-\U0001d7ff\u0130]"
)
"""Any character that the two patterns around this look at: quotes, accents and emoji are none."""
_HIDDEN: Final = re.compile(f"[{_INVISIBLE}]+(?=[A-Za-z0-9.:/@-])", re.ASCII)
_PLAIN: Final = {
    **dict.fromkeys(_DOTS, "."),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u2236\u02d0\ua789", ":"),
    "\u0130": "i",
}
_DEFANGED_SIGNS: Final = ("xxp", "h**p", "h__p", "dot", "[.", "(.", "{.", "[ .", "( .", "{ .", "[:")
_DEFANGED: Final = re.compile(
    r"(?P<scheme>(?<![a-z])h(?:xx|\*\*|__)p(?=s?(?:\[:\]|:)//))"
    r"|(?P<dot>\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?|(?<=[a-z0-9]) dot (?=(?:com|net|org|info|top|xyz)\b))"
    r"|(?P<colon>\[:\](?=//)|\[://\])",
    re.ASCII,
)
_UNMISTAKABLE: Final = "com|net|org|info|biz|xyz|icu|cn|ru|ly|gl"
_COMMON: Final = (
    "com|net|org|info|biz|top|xyz|icu|vip|club|shop|online|site|link|click|live|cn|ru|ly|gl|me|io|co|app|cc|in|id"
)
_BEHIND_SPACE: Final = rf"(?:{_UNMISTAKABLE})(?![a-z0-9])|(?:{_COMMON})/[a-z0-9]"
_FRONT: Final = re.compile(rf" \. {{0,3}}(?:{_BEHIND_SPACE})", re.ASCII)
_BACK: Final = re.compile(rf"\. {{1,3}}(?:{_COMMON})/[a-z0-9]", re.ASCII)
_SPLIT: Final = re.compile(
    rf"(?P<front>(?<=[a-z0-9]) {{1,3}}\. {{0,3}}(?={_BEHIND_SPACE}))"
    rf"|(?P<back>(?<=[a-z0-9])\. {{1,3}}(?=(?:{_COMMON})/[a-z0-9]))"
    r"|(?P<www>(?<=\bwww)(?: {1,3}\. {0,3}|\. {1,3})(?=[a-z0-9]))"
    r"|(?P<scheme>(?<=http|ttps)(?=[:/]{0,3} ) {0,3}: {0,3}/ {0,3}/ {0,3}(?=[a-z0-9-]{1,63}\.[a-z0-9]))",
    re.ASCII,
)


def _prepare(text: str) -> tuple[str, list[int] | None, tuple[str, ...]]:
    """Undo disguises.

    :returns: the text in small letters, the position in the original of each character (None: the same), and what
        was undone
    """
    offsets: list[int] | None = None
    undone: list[str] = []
    if not text.isascii() and _SUSPICIOUS.search(text) is not None:
        text = _DISGUISE.sub(_plainly, text)
        if _HIDDEN.search(text) is not None:
            text, offsets, _ = _rewrite(_HIDDEN, _nothing, text, None)
            undone.append("split")
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(character.lower()[0] for character in text)
    if any([sign in lowered for sign in _DEFANGED_SIGNS]):  # noqa: C419 - a list is quicker
        lowered, offsets, is_changed = _rewrite(_DEFANGED, _refang, lowered, offsets)
        undone += ["defanged"] if is_changed else []
    if (
        _FRONT.search(lowered) is not None
        or (". " in lowered and ("www. " in lowered or _BACK.search(lowered) is not None))
        or "www ." in lowered
        or ("http" in lowered and any([space in lowered for space in _SPACE_IN_SCHEME]))  # noqa: C419
    ):
        lowered, offsets, is_changed = _rewrite(_SPLIT, _unsplit, lowered, offsets)
        undone += ["split"] if is_changed else []
    return lowered, offsets, tuple(undone)


def _plainly(match: re.Match[str]) -> str:
    """Put the plain character for a disguised one; one that would become several stays."""
    plain = _PLAIN.get(match[0]) or unicodedata.normalize("NFKC", match[0])
    return plain if len(plain) == 1 else match[0]


def _nothing(_match: re.Match[str]) -> str:
    return ""


def _rewrite(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str, offsets: list[int] | None
) -> tuple[str, list[int] | None, bool]:
    """Replace what a pattern finds, and keep count of positions; a replacement stands where the original began."""
    matches = list(pattern.finditer(text))
    if not matches:
        return text, offsets, False
    before = offsets if offsets is not None else list(range(len(text)))
    parts: list[str] = []
    after: list[int] = []
    reached = 0
    for match in matches:
        plain = replace(match)
        parts += (text[reached : match.start()], plain)
        after += before[reached : match.start()]
        after += [before[match.start()]] * len(plain)
        reached = match.end()
    parts.append(text[reached:])
    after += before[reached:]
    return "".join(parts), after, True


_SPACE_IN_SCHEME: Final = ("// ", "/ /", "p :", "s :", ": /")


def _refang(match: re.Match[str]) -> str:
    if match["scheme"]:
        return "http"
    if match["dot"]:
        return "."
    return "://" if match["colon"] == "[://]" else ":"


def _unsplit(match: re.Match[str]) -> str:
    return "://" if match["scheme"] else "."
