"""Which public URL shorteners a text links to.

A host is found by its dots: the letters, digits and hyphens on both sides of a dot that has one on each side. That
finds links without a scheme too (phones make them tappable), in one pass, whatever the text. Only a host whose last
label is that of some shortener is looked at whole. Look-alike letters and redirects are not seen through.
"""

import re
from typing import Final

from pipeline.domain.tables import read_table

_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_REST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*+", re.ASCII)
"""What may follow the first dot of a host."""
_LABELS_MAX: Final = 127
"""A domain name has at most 127 labels (RFC 1035: 255 octets)."""


def shorteners_in(text: str) -> tuple[tuple[str, str], ...]:
    """List the public shorteners that a text links to, each once, and who names it.

    :returns: domain and `carrier` (a carrier or provider refuses it by name) or `list` (a public list has it)
    """
    at = text.find(".")
    if at < 0:
        return ()
    text = text.lower()
    found: dict[tuple[str, str], None] = {}
    last = len(text) - 1
    while 0 <= at < last:
        end = at + 1
        if text[end] in _HOST:  # most dots end a sentence
            rest = _rest_of_host(text, end)
            end += len(rest)
            if rest.rpartition(".")[2] in _LAST_LABELS:
                shortener = shortener_of(text[_begin_of_host(text, at) : end])
                if shortener is not None:
                    found[shortener] = None
        at = text.find(".", end)
    return tuple(found)


def shortener_of(host: str) -> tuple[str, str] | None:
    """Give the public shortener that a host belongs to, itself or as a subdomain, and who names it."""
    for _ in range(_LABELS_MAX):
        named_by = _SHORTENERS.get(host)
        if named_by is not None:
            return host, named_by
        _, dot, host = host.partition(".")
        if not dot:
            break
    return None


def _rest_of_host(text: str, at: int) -> str:
    """Read the labels after a host's first dot."""
    rest = _REST.match(text, at)
    return rest[0] if rest is not None else ""


def _begin_of_host(text: str, at: int) -> int:
    """Walk back over the first label; the labels before it, if any, were read with an earlier dot."""
    while at and text[at - 1] in _HOST:
        at -= 1
    return at


_SHORTENERS: Final = {row["domain"]: row["named_by"] for row in read_table("url_shorteners.csv")}
_LAST_LABELS: Final = frozenset(domain.rpartition(".")[2] for domain in _SHORTENERS)
