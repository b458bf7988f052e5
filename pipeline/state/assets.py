"""What providers say of templates, senders, accounts and portfolios: the newest statement on each matter.

A provider's events state one matter or another (a status, a category, a limit) and may overtake each other, so each
matter keeps the instant of its own newest statement, and merging is a maximum for each.

Delivery: redelivery and reordering change nothing (`tests/properties/test_assets_laws.py`).

Source: rules/whatsapp-rules.md, "Quality and states" and "Messaging limits" (collected 2026-11-24); there, what is
general knowledge is marked [K], and nothing here rests on it alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from pipeline.domain.events import AssetAccount, AssetEvent, AssetTemplate
from pipeline.domain.instants import to_milliseconds

Stamp = tuple[int, str]
"""When a matter was stated, in milliseconds since 1970 (UTC), and by which event; orders statements."""

NEVER: Final[Stamp] = (-1, "")
UNREADABLE: Final = "UNREADABLE"
"""State of an asset whose newest record can't be read: it may have been a ban."""

TEMPLATE: Final = "template"
NUMBER: Final = "whatsapp_number"
ACCOUNT: Final = "account"
PORTFOLIO: Final = "portfolio"
SENDERS: Final = (NUMBER, "phone_number", "short_code", "alphanumeric")
TYPES: Final = (TEMPLATE, ACCOUNT, PORTFOLIO, *SENDERS)

UNLIMITED: Final = -1
"""Stands for a messaging limit that is none: `TIER_UNLIMITED`."""

TIERS: Final[Mapping[str, int]] = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": UNLIMITED,
}
"""Meta's names for messaging limits (M messaging-limits.md, 2026; the old `TIER_50` and `TIER_1K` still occur)."""


class Template(Struct, frozen=True):
    """A template in one language: status and category as the provider writes them, in capitals."""

    status: str = ""
    pause_until_milliseconds: int = 0
    category: str = ""
    parameter_count: int = -1
    """Parameters that it takes; -1 when not stated."""
    status_stamp: Stamp = NEVER
    category_stamp: Stamp = NEVER
    parameters_stamp: Stamp = NEVER


class Restriction(Struct, frozen=True):
    """One thing that is not allowed any more; `until_milliseconds` is 0 when no end is stated."""

    type: str
    until_milliseconds: int = 0


class Account(Struct, frozen=True):
    """A sender, account or portfolio: state and restrictions as the provider writes them, in capitals."""

    type: str
    state: str = ""
    restrictions: tuple[Restriction, ...] = ()
    messaging_limit: int | None = None
    """Unique recipients in a moving 24 hours; `UNLIMITED` for none, `None` when not stated."""
    state_stamp: Stamp = NEVER
    limit_stamp: Stamp = NEVER


def template_from(event: AssetEvent) -> Template:
    """Read what an event states of a template."""
    told = event.template or AssetTemplate()
    stamp = _stamp(event)
    return Template(
        status=_plain(told.status),
        pause_until_milliseconds=_milliseconds(told.pause_until),
        category=_plain(told.category),
        parameter_count=-1 if told.parameter_count is None else told.parameter_count,
        status_stamp=stamp if told.status else NEVER,
        category_stamp=stamp if told.category else NEVER,
        parameters_stamp=stamp if told.parameter_count is not None else NEVER,
    )


def account_from(event: AssetEvent) -> Account:
    """Read what an event states of a sender, account or portfolio. A limit in unknown words is not stated."""
    told = event.account or AssetAccount()
    stamp = _stamp(event)
    limit = told.messaging_limit
    limit = TIERS.get(limit.upper()) if isinstance(limit, str) else limit
    restrictions = tuple(Restriction(_plain(each.type), _milliseconds(each.until)) for each in told.restrictions or ())
    return Account(
        type=event.asset.type,
        state=_plain(told.state),
        restrictions=restrictions,
        messaging_limit=limit,
        state_stamp=stamp if told.state or told.restrictions is not None else NEVER,
        limit_stamp=stamp if limit is not None else NEVER,
    )


def merge_templates(known: Template, told: Template) -> Template:
    """Take in a statement: on each matter the newest stands. Order and repetition don't matter."""
    status = max(known, told, key=lambda each: (each.status_stamp, each.status, each.pause_until_milliseconds))
    category = max(known, told, key=lambda each: (each.category_stamp, each.category))
    parameters = max(known, told, key=lambda each: (each.parameters_stamp, each.parameter_count))
    return Template(
        status.status,
        status.pause_until_milliseconds,
        category.category,
        parameters.parameter_count,
        status.status_stamp,
        category.category_stamp,
        parameters.parameters_stamp,
    )


def merge_accounts(known: Account, told: Account) -> Account:
    """Take in a statement: on each matter the newest stands. Order and repetition don't matter."""
    state = max(known, told, key=lambda each: (each.state_stamp, each.state, _order(each.restrictions)))
    limit = max(
        known, told, key=lambda each: (each.limit_stamp, -2 if each.messaging_limit is None else each.messaging_limit)
    )
    return Account(
        known.type, state.state, state.restrictions, limit.messaging_limit, state.state_stamp, limit.limit_stamp
    )


def language_key(language: str) -> str:
    """Write a language so that Meta's `en_US` and BCP 47's `en-US` are one."""
    return language.replace("_", "-").lower()


def sender_key(sender_id: str) -> str:
    """Write a sender so that `+447…` and Meta's `447…` are one."""
    return sender_id.lstrip("+")


def meant_language(language: str | None, known: tuple[str, ...]) -> str:
    """Say in which language a template is meant; one that is known in a single language needs no word."""
    if language:
        return language_key(language)
    return known[0] if len(known) == 1 else ""


def _order(restrictions: tuple[Restriction, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((each.type, each.until_milliseconds) for each in restrictions)


def _stamp(event: AssetEvent) -> Stamp:
    return (max(0, to_milliseconds(event.occurred_at)), event.asset_event_id)


def _plain(text: str | None) -> str:
    return (text or "").strip().upper()


def _milliseconds(instant: datetime | None) -> int:
    return max(1, to_milliseconds(instant)) if instant is not None else 0
