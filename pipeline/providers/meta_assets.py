"""States of templates, numbers and accounts that Meta reports, also in the words of those who pass them on."""

from typing import Final

from pipeline.providers.answers import PayloadKind
from pipeline.providers.persons import sender_of
from pipeline.providers.said import Asset
from pipeline.providers.times import instant_of
from pipeline.providers.trees import Tree, first, text_of, tree, trees

_KIND_BY_FIELD: Final[dict[str, PayloadKind]] = {
    "message_template_status_update": "template_status",
    "message_template_components_update": "template_status",
    "template_category_update": "template_status",
    "template_correct_category_detection": "template_status",
    "message_template_quality_update": "template_quality",
    "phone_number_quality_update": "number_quality",
    "business_capability_update": "number_quality",
}
_TEMPLATE_STATES: Final = (
    *("APPROVED", "REJECTED", "PENDING", "PAUSED", "DISABLED", "IN_APPEAL", "LIMIT_EXCEEDED", "FLAGGED", "REINSTATED"),
    *("PENDING_DELETION", "DELETED", "ARCHIVED", "LOCKED", "UNARCHIVED"),
)
_ACCOUNT_STATES: Final = {
    "ACCOUNT_RESTRICTION": "RESTRICTED",
    "ACCOUNT_RESTRICTED": "RESTRICTED",
    "ACCOUNT_DELETED": "DELETED",
    "DISABLE": "DISABLED",
    "ACCOUNT_DISABLE": "DISABLED",
    "REINSTATE": "ACTIVE",
    "ACCOUNT_VERIFIED": "ACTIVE",
    "SCHEDULE_FOR_DISABLE": "SCHEDULE_FOR_DISABLE",
}
"""Only these words are states; `ACCOUNT_VIOLATION` or `PARTNER_ADDED` is an event that leaves the state as it was."""


def asset_in(field: str, value: Tree, entry: Tree) -> Asset:
    """Read a change that is about no message. Quality scores decide over the field's name."""
    at = instant_of(entry.get("time"))
    account_id = first(entry, ("id",))
    if "new_quality_score" in value or "previous_quality_score" in value:
        return template("template_quality", value, at, account_id)
    kind = _KIND_BY_FIELD.get(field)
    if kind is None and "message_template_id" in value:
        kind = "template_status"
    if kind in {"template_status", "template_quality"}:
        return template(kind, value, at, account_id)
    if kind == "number_quality":
        return number_quality(value, at, account_id)
    return account(field, value, at, account_id)


def language_tag(text: str | None) -> str | None:
    """Write a language as BCP 47: Meta's `en_US` is `en-US`."""
    return text.replace("_", "-") if text else None


def template(kind: PayloadKind, value: Tree, at: str | None, account_id: str | None) -> Asset:
    """Read the state of a template."""
    state: dict[str, object] = {}
    flags: tuple[str, ...] = ()
    status = first(value, ("event", "status"))
    if status is not None:
        if status.upper() in _TEMPLATE_STATES:
            state["status"] = status.upper()
        else:
            flags = ("template_status_unknown",)
    category = first(value, ("new_category", "message_template_category"))
    if category is not None and category.isalpha():
        state["category"] = category.lower()
    quality = first(value, ("new_quality_score",))
    if quality is not None and quality.isalpha():
        state["quality"] = quality.upper()
    reason = first(value, ("reason",))
    if reason is not None and reason != "NONE":
        state["reason"] = reason
    return Asset(
        kind=kind,
        type="template",
        id=first(value, ("message_template_id",)),
        name=first(value, ("message_template_name",)),
        language=language_tag(first(value, ("message_template_language",))),
        account_id=account_id,
        event=status,
        state=state,
        at=at,
        flags=flags,
    )


def number_quality(value: Tree, at: str | None, account_id: str | None) -> Asset:
    """Read the quality or limits of a number, or of the business as a whole."""
    number = sender_of(value.get("display_phone_number"))
    names = {
        "limit": ("current_limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone"),
        "quality": ("quality_rating", "new_quality_score"),
        "event": ("event",),
    }
    state: dict[str, object] = {name: text for name, keys in names.items() if (text := first(value, keys))}
    return Asset(
        kind="number_quality",
        type="whatsapp_number" if number else "account",
        id=number or account_id,
        account_id=account_id,
        event=first(value, ("event",)),
        state=state,
        at=at,
    )


def account(field: str, value: Tree, at: str | None, account_id: str | None) -> Asset:
    """Read the state of an account or of its number; what it does not say of the state stays open."""
    event = first(value, ("event", "decision"))
    ban = tree(value.get("ban_info")).get("waba_ban_state")
    word = text_of(ban) or event
    state: dict[str, object] = {}
    if word is not None and word.upper() in _ACCOUNT_STATES:
        state["state"] = _ACCOUNT_STATES[word.upper()]
    restrictions = [
        {
            name: text
            for name, text in (
                ("type", first(each, ("restriction_type", "type"))),
                ("until", instant_of(each.get("expiration") or each.get("expiry"))),
            )
            if text
        }
        for each in trees(value.get("restriction_info") or value.get("restrictions"))
    ]
    if restrictions:
        state["restrictions"] = restrictions
    violation = first(tree(value.get("violation_info")), ("violation_type",))
    if violation is not None:
        state["violation"] = violation
    number = sender_of(value.get("phone_number") or value.get("display_phone_number"))
    is_several = isinstance(ban, list) and len(ban) > 1
    return Asset(
        kind="account_update",
        type="whatsapp_number" if number else "account",
        id=number or account_id,
        account_id=account_id,
        event=f"{field}:{event}" if event else field,
        state=state,
        at=at,
        flags=("state_has_alternatives",) if is_several else (),
    )
