"""How a recipient is named: the key of everything about a person (design section 3)."""

from pipeline.domain.events import BusinessScopedId, InboundOrigin


def recipient_key(to: str | BusinessScopedId) -> str:
    """Name a recipient: the number as given (`+<E.164>`), else `wa:<portfolio_id>:<bsuid>`."""
    return to if type(to) is str else f"wa:{to.portfolio_id}:{to.bsuid}"  # type: ignore[union-attr]


def origin_keys(origin: str | InboundOrigin) -> tuple[str, ...]:
    """Name the writer of an inbound message: every key under which the writer is known, the number first.

    Empty when the origin gives neither a number nor a complete business-scoped id: then nobody can be named.
    """
    if isinstance(origin, str):
        return (origin,)
    keys = (origin.e164,) if origin.e164 else ()
    if origin.bsuid and origin.portfolio_id:
        return (*keys, f"wa:{origin.portfolio_id}:{origin.bsuid}")
    return keys
