"""What carriers and registries say of a sender: its 10DLC brand and campaign, its toll-free verification, its name.

Producers state registrations as an object by kind (`tcr_campaign`, `tcr_brand`, `toll_free`, `sender_id`, `dlt`), each
an object with a `state` and what belongs to it. They are read leniently, because a workspace's record must not become
unreadable for one of them: what has another form counts as stated without a state, which no rule takes for approved.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

APPROVED: Final = frozenset({"active", "approved", "registered", "verified", "vetted", "vetted_verified"})
"""States in which carriers carry a sender's messages, as The Campaign Registry and the providers name them."""
WAITING: Final = frozenset({"pending", "in_review", "in_progress", "submitted", "draft", "new", ""})
"""States that are no refusal, but no approval either; empty: none is stated."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign": ("tcr_campaign", "campaign"),
    "brand": ("tcr_brand", "brand"),
    "toll_free": ("toll_free", "toll_free_verification"),
    "sender_id": ("sender_id", "alphanumeric"),
    "dlt": ("dlt",),
}
"""Under which names a registration is looked for, the contract's own first."""


class Registration(Struct, frozen=True):
    """One registration. `state` is in lower case with underscores, empty when it isn't stated."""

    state: str = ""
    use_case: str = ""
    """Of a campaign: what it was registered for, such as `MARKETING`; upper case with underscores, or empty."""
    id: str = ""
    brand_id: str = ""
    vetting_score: int | None = None
    """Of a brand: The Campaign Registry's score, 0 to 100."""
    daily_segments_max: int | None = None
    """Of a brand or campaign: a daily cap that its carrier has stated."""
    entity_id: str = ""
    template_id: str = ""

    @property
    def is_approved(self) -> bool:
        """Whether carriers carry what is sent under it."""
        return self.state in APPROVED

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither approved nor refused."""
        return self.state in WAITING


class Registrations(Struct, frozen=True):
    """What is known of one sender; a kind that isn't stated is `None`."""

    campaign: Registration | None = None
    brand: Registration | None = None
    toll_free: Registration | None = None
    sender_id: Registration | None = None
    dlt: Registration | None = None

    @property
    def brand_id(self) -> str:
        """The 10DLC brand that the sender belongs to; empty when it isn't stated."""
        return (self.brand.id if self.brand else "") or (self.campaign.brand_id if self.campaign else "")


NO_REGISTRATIONS: Final = Registrations()


def read_registrations(stated: Mapping[str, Any] | None) -> Registrations:
    """Read the registrations of a sender or a message, as its producer states them."""
    if not stated:
        return NO_REGISTRATIONS
    return Registrations(**{kind: _first(stated, names) for kind, names in _NAMES.items()})


def _first(stated: Mapping[str, Any], names: tuple[str, ...]) -> Registration | None:
    """Read the first of these registrations that is stated."""
    for name in names:
        if stated.get(name) is not None:
            return _read(stated[name])
    return None


def _read(stated: object) -> Registration:
    """Read one registration; a bare text is its state."""
    fields = stated if isinstance(stated, Mapping) else {"state": stated}
    return Registration(
        state=_text(fields, "state", "status").lower().replace(" ", "_").replace("-", "_"),
        use_case=_text(fields, "use_case").upper().replace(" ", "_").replace("-", "_"),
        id=_text(fields, "id"),
        brand_id=_text(fields, "brand_id"),
        vetting_score=_number(fields, "vetting_score"),
        daily_segments_max=_number(fields, "daily_segments_max"),
        entity_id=_text(fields, "entity_id"),
        template_id=_text(fields, "template_id"),
    )


def _text(fields: Mapping[str, Any], *names: str) -> str:
    """Give the first of these fields that is a text; empty when none is."""
    return next((fields[name].strip() for name in names if isinstance(fields.get(name), str)), "")


def _number(fields: Mapping[str, Any], name: str) -> int | None:
    """Give a field that is a whole number and not negative."""
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
