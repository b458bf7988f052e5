"""Which part of a host somebody registered: the public suffix list, with the suffixes of hosters.

Form of hosts: lower case, labels with dots between, without a dot at the end; internationalised ones as Unicode or in
Punycode. The registered domain of `a.b.co.uk` is `b.co.uk`, that of `shop.github.io` is itself: the hoster gives it to
anybody.

Source: the public suffix list (MPL 2.0) as bundled with tldextract (BSD), whose version the locks pin; its code, which
would go to the network, is not imported. Reserved names of RFC 2606 and 6762 count as top-level domains, because texts
and tests hold them.
"""

import functools
from importlib.util import find_spec
from typing import Final

_LABELS_MAX: Final = 127
"""A domain name has at most 127 labels (RFC 1035)."""
_RESERVED: Final = ("example", "test", "invalid", "localhost", "local", "internal", "lan", "onion")


@functools.lru_cache(maxsize=16_384)
def registered_domain(host: str) -> str | None:
    """Give the domain that somebody registered, or None when the host ends in no known top-level domain.

    A host that is itself a public suffix (`github.io`) is its own registered domain.
    """
    labels = host.split(".")[-_LABELS_MAX:]
    if labels[-1] not in TOP_LEVEL:
        return None
    for at in range(max(0, len(labels) - _SUFFIX_LABELS_MAX), len(labels)):
        candidate = ".".join(labels[at:])
        if candidate in _EXCEPTIONS:
            return candidate
        if candidate in _SUFFIXES or ".".join(labels[at + 1 :]) in _WILDCARDS:
            return ".".join(labels[max(0, at - 1) :])
    return ".".join(labels[-2:])


def _read_rules() -> list[str]:
    specification = find_spec("tldextract")
    reader = getattr(specification and specification.loader, "get_resource_reader", None)
    if reader is None:
        message = "tldextract is missing: it brings the public suffix list; install the package's dependencies again"
        raise ImportError(message)
    with reader("tldextract").open_resource(".tld_set_snapshot") as file:
        lines: str = file.read().decode()
    return [line for line in lines.splitlines() if line and not line.startswith("//")]


def _both_forms(rules: list[str]) -> list[str]:
    """Add the Punycode form of each rule that has letters beyond ASCII."""
    foreign = [rule for rule in rules if not rule.isascii()]
    return rules + [
        ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in rule.split("."))
        for rule in foreign
    ]


_RULES: Final = _both_forms(_read_rules())
_EXCEPTIONS: Final = frozenset(rule[1:] for rule in _RULES if rule[0] == "!")
_WILDCARDS: Final = frozenset(rule[2:] for rule in _RULES if rule.startswith("*."))
_SUFFIXES: Final = frozenset(rule for rule in _RULES if rule[0] not in "!*").union(_RESERVED)
TOP_LEVEL: Final = frozenset(suffix for suffix in _SUFFIXES if "." not in suffix) | frozenset(
    wildcard.rpartition(".")[2] for wildcard in _WILDCARDS
)
"""All top-level domains, also in Punycode."""
_SUFFIX_LABELS_MAX: Final = max(rule.count(".") for rule in _RULES) + 1
