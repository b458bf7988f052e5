"""The events that the benchmark uses: honest messages to recipients of their own, with consent."""

from typing import Any


def recipient(number: int) -> str:
    """Name a recipient, in the style of the scenarios; a million of them."""
    return f"+44794{number % 10_000_000:07d}"


def workspace_event(number: int) -> dict[str, Any]:
    """Make a workspace whose plan is never used up."""
    return {
        "workspace_id": f"ws-{number}",
        "name": "Sunny Bakery",
        "country": "GB",
        "state": "active",
        "plan": {"messages_per_second": 1_000_000, "messages_per_day": 1_000_000_000, "countries": ["*"]},
        "members": [{"id": "u-1", "role": "member", "state": "active", "scopes": ["*"]}],
        "integrations": [{"id": "key-1", "state": "active", "scopes": ["*"]}],
        "domains": ["sunnybakery.example"],
        "senders": [{"type": "phone_number", "id": "+447700900111", "country": "GB"}],
        "privacy_notice_url": "https://sunnybakery.example/privacy",
    }


def consent_event(number: int, to: str, workspaces: int) -> dict[str, Any]:
    """Make the consent of a recipient."""
    return {
        "consent_event_id": f"c-{number}",
        "workspace_id": f"ws-{number % workspaces}",
        "to": to,
        "action": "opt_in",
        "scope": {"channel": "*", "purpose": "*", "sender": "*", "brand": "*"},
        "basis": "express_written",
        "method": "web_form",
        "occurred_at": "2026-11-04T15:00:00Z",
        "recorded_at": "2026-11-04T15:00:00Z",
    }


def outbound_event(number: int, workspaces: int) -> dict[str, Any]:
    """Make a message of some 600 bytes, as the design measured with."""
    return {
        "message_id": f"0193fa2e-7c1b-7d2e-9a4f-{number:012d}",
        "workspace_id": f"ws-{number % workspaces}",
        "channel": "sms",
        "to": recipient(number),
        "sender": {"type": "phone_number", "id": "+447700900111", "country": "GB"},
        "purpose": "utility",
        "content": {
            "type": "text",
            "text": f"Sunny Bakery: your order {number} has been packed and leaves our shop today. "
            "Track it at https://sunnybakery.example/t or reply HELP.",
        },
        "requested_at": "2026-11-24T15:00:00Z",
        "actor": {"type": "integration", "id": "key-1"},
        "campaign_id": f"campaign-{number % 50}",
        "brand": "Sunny Bakery",
        "recipient": {"country": "GB", "time_zone": "Europe/London"},
    }
