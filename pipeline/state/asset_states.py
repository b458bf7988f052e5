"""What the words of providers for the state of a template, sender, account or portfolio mean for sending.

A word that is not known here stops sending until a person has looked: it may be a new kind of ban.

Source: rules/whatsapp-rules.md, "Quality and states": template status and its webhook events (Meta 2026-04-13, Sinch,
ycloud), number status (rasayel enum, aliyun), account and ban states (docs.ycloud.com, retrieve-a-waba); collected
2026-11-24. What a restriction stops beyond its own name is not documented: any but the two named here stops all.
"""

from typing import Final

from msgspec import Struct

from pipeline.state.assets import Account, Template

TEMPLATE_SENDABLE: Final = frozenset({"APPROVED", "FLAGGED", "REINSTATED", "UNARCHIVED"})
TEMPLATE_REFUSED: Final = frozenset(
    {"PENDING", "REJECTED", "IN_APPEAL", "PENDING_DELETION", "DELETED", "LIMIT_EXCEEDED", "ARCHIVED", "LOCKED"}
)

_SENDING: Final = frozenset(
    {"", "CONNECTED", "ACTIVE", "APPROVED", "VERIFIED", "FLAGGED", "REINSTATE", "REINSTATED", "SCHEDULE_FOR_DISABLE"}
)
_RESTRICTED: Final = frozenset({"RESTRICTED", "RATE_LIMITED"})
_ENDED: Final = frozenset({"BANNED", "DISABLED", "DISABLE", "BLOCKED", "SUSPENDED"})
_OFFLINE: Final = frozenset({"OFFLINE", "MIGRATED", "DISCONNECTED", "DELETED", "PENDING", "UNVERIFIED"})
_STOPS_TEMPLATES: Final = frozenset({"RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTION_BIZ_INITIATED_MESSAGING"})
_STOPS_NO_MESSAGE: Final = frozenset({"RESTRICTED_ADD_PHONE_NUMBER_ACTION", "RESTRICTION_ADD_PHONE_NUMBER_ACTION"})
"""Both spellings occur in payloads of Meta and its partners (`compliance normalise` leaves them as they are)."""


class Stop(Struct, frozen=True):
    """Why nothing can be sent: the code of the reason, and until when; 0 when no end is stated."""

    code: str
    until_milliseconds: int = 0


def template_stop(template: Template, now_milliseconds: int) -> Stop | None:
    """Say why a template can't be sent now, or `None` when it can."""
    status = template.status
    if status in TEMPLATE_SENDABLE:
        return None
    if status == "PAUSED":
        until = template.pause_until_milliseconds
        return Stop("template_paused", until) if not until or until > now_milliseconds else None
    if status == "DISABLED":
        return Stop("template_disabled")
    if not status:
        return Stop("template_unknown")
    return Stop("template_not_approved" if status in TEMPLATE_REFUSED else "template_status_unknown")


def account_stop(account: Account, now_milliseconds: int, *, is_template: bool) -> Stop | None:
    """Say why a sender, or what it belongs to, can't send now, or `None` when it can.

    :param is_template: whether the message is made of a template, hence the business's own initiative
    """
    state = account.state
    if state in _ENDED:
        return Stop("sender_restricted")
    if state in _OFFLINE:
        return Stop("sender_offline")
    if state not in _SENDING and state not in _RESTRICTED:
        return Stop("sender_state_unknown")
    if state in _RESTRICTED and not account.restrictions:
        return Stop("sender_restricted")
    stopping = [
        each.until_milliseconds
        for each in account.restrictions
        if (not each.until_milliseconds or each.until_milliseconds > now_milliseconds)
        and each.type not in _STOPS_NO_MESSAGE
        and (is_template or each.type not in _STOPS_TEMPLATES)
    ]
    if not stopping:
        return None
    return Stop("sender_restricted", max(stopping) if all(stopping) else 0)
