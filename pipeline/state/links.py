"""Under which other names a recipient is known: a number and WhatsApp's business-scoped ids for its owner.

Delivery: a set union, so order and repetition don't matter.
"""

from msgspec import Struct


class Links(Struct, frozen=True, array_like=True, gc=False):
    """The other keys of one recipient, sorted."""

    keys: tuple[str, ...] = ()


NO_LINKS = Links()

KEYS_MAX = 32
"""Names per recipient. A number has one business-scoped id per portfolio that it wrote to; a new one after the number
changes hands. More than this is not a person."""


def merge(links: Links, key: str) -> Links:
    """Add a name. Beyond the limit the record stays as it is, and the caller reports it."""
    if key in links.keys or len(links.keys) >= KEYS_MAX:
        return links
    return Links(tuple(sorted((*links.keys, key))))
