"""What becomes of a payload: its kind and our events, or that it is rejected and why."""

from typing import Final, Literal

from msgspec import Struct

PayloadKind = Literal[
    "send_request",
    "inbound",
    "status",
    "preference",
    "template_status",
    "template_quality",
    "number_quality",
    "account_update",
    "optout_event",
    "complaint",
]
REJECTED: Final = "rejected"


class Rejected(Exception):  # noqa: N818 - it is named for what becomes of the payload
    """A payload that nothing can be made of: why, naming fields and never values. The provider's side can mend it."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the field, or `payload` for all of it, and the reason."""
        self.reason = f"{field}: {reason}"
        super().__init__(self.reason)


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of our events, as far as the payload gives it.

    `missing`: paths of fields that whoever publishes it must add, because the provider doesn't know them. With them it
    is a complete event of its topic. `flags`: what a person should look at.
    """

    kind: PayloadKind
    topic: str
    value: dict[str, object]
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a payload says: `kind` is a `PayloadKind` or `rejected`, then with a reason."""

    kind: str
    events: tuple[Event, ...]
    reason: str | None = None
