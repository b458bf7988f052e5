"""Which hosts a text links to, and whether one is a public URL shortener.

A host is found by its dots: the letters, digits and hyphens on both sides of a dot that has one on each side. That
finds links without a scheme too (phones make them tappable), in one pass over the dots, whatever the text. What is no
host (`3.50`, `e.g`) names no shortener, so it does no harm. Look-alike letters and redirects are not seen through.
"""

from typing import Final

from pipeline.domain.tables import read_table

_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_LABELS_MAX: Final = 127
"""A domain name has at most 127 labels (RFC 1035: 255 octets)."""


def hosts_of(text: str) -> tuple[str, ...]:
    """List what may be host names, in lower case, without the dot that ends a sentence; each once."""
    at = text.find(".")
    if at < 0:
        return ()
    text = text.lower()
    found: dict[str, None] = {}
    at = text.find(".")
    size = len(text)
    begin_min = 0
    while 0 <= at < size - 1:
        if text[at + 1] not in _HOST or at == begin_min or text[at - 1] not in _HOST:
            at = text.find(".", at + 1)
            continue
        begin = at
        while begin > begin_min and text[begin - 1] in _HOST:
            begin -= 1
        end = at + 1
        while end < size and text[end] in _HOST:
            end += 1
        host = text[begin:end].strip(".-")
        if "." in host:
            found[host] = None
        begin_min = end
        at = text.find(".", end)
    return tuple(found)


def shortener_of(host: str) -> tuple[str, str] | None:
    """Give the public shortener that a host belongs to, itself or as a subdomain, and who names it.

    :returns: domain and `carrier` (a carrier or provider refuses it by name) or `list` (a public list has it)
    """
    for _ in range(_LABELS_MAX):
        named_by = _SHORTENERS.get(host)
        if named_by is not None:
            return host, named_by
        _, dot, host = host.partition(".")
        if not dot:
            break
    return None


_SHORTENERS: Final = {row["domain"]: row["named_by"] for row in read_table("url_shorteners.csv")}
