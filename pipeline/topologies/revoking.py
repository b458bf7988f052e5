"""Withdraw verdicts that let a message pass, once something has happened that would stop it now."""

import hashlib

import msgspec

from pipeline.domain.instants import to_text
from pipeline.domain.reasons import REASONS
from pipeline.domain.verdicts import Revocation
from pipeline.domain.workspaces import Workspace
from pipeline.state.asset_states import Stop, account_stop, template_stop
from pipeline.state.assets import NUMBER, SENDERS, meant_language
from pipeline.state.choices import Choice, Target
from pipeline.state.enforcement import Enforcement
from pipeline.state.ledger import Entry
from pipeline.state.rights import Demand
from pipeline.topologies.asset_board import AssetBoard

_SENDING_STATES = ("active", "warned", "throttled")
OTHER_SENDERS = tuple(kind for kind in SENDERS if kind != NUMBER)
_CODE_BY_STATE = {
    "review": "workspace_in_review",
    "suspended": "workspace_suspended",
    "terminated": "workspace_terminated",
}


class Cause(msgspec.Struct, frozen=True):
    """Why verdicts are withdrawn: the clause, the reason in words, and the event that caused it."""

    clause: str
    code: str
    reason: str
    event: str


def cause_in_workspace(workspace: Workspace | None, enforcement: Enforcement | None) -> Cause | None:
    """Say why nothing of a workspace may be sent any more, or None when it may."""
    event = f"workspace {workspace.id}@{workspace.position}" if workspace else "workspace record removed"
    if enforcement and enforcement.has_open_incident:
        return Cause(
            "3.4", "incident_open", "A security incident is open.", f"command {enforcement.incident_command_id}"
        )
    if enforcement and enforcement.state not in _SENDING_STATES:
        return _cause_in_state(enforcement.state, f"command {enforcement.state_command_id}")
    if workspace is None:
        return Cause("1.1", "workspace_unknown", "The workspace is no longer known.", event)
    if workspace.record.state not in _SENDING_STATES:
        return _cause_in_state(workspace.record.state, event)
    return None


def _cause_in_state(state: str, event: str) -> Cause:
    """Word a state as a cause, with the code and the reason that a verdict would give for it."""
    code = _CODE_BY_STATE.get(state, "workspace_state_unknown")
    return Cause("11.1" if state == "terminated" else "8.3", code, REASONS[code].reason, event)


def cause_in_actor(entry: Entry, workspace: Workspace) -> Cause | None:
    """Say why a message may not be sent any more for the sake of whoever asked for it, or None when it may."""
    actor = workspace.actor(entry.actor_type, entry.actor_id)
    if actor is not None and actor.state == "active":
        return None
    reason = "Whoever asked for this message no longer has access."
    return Cause("3.2", "member_removed", reason, f"workspace {workspace.id}@{workspace.position}")


def cause_in_asset(entry: Entry, workspace: Workspace, assets: AssetBoard, now_milliseconds: int) -> Cause | None:
    """Say why a message may not be sent any more for what its provider said of sender or template, or None."""
    name, language = entry.template
    portfolio_id = workspace.portfolio_of(entry.sender) if entry.channel == "whatsapp" else ""
    types = (NUMBER,) if entry.channel == "whatsapp" else OTHER_SENDERS
    for account in (each for kind in types for each in assets.states_of(kind, entry.sender, portfolio_id)):
        stop = account_stop(account, now_milliseconds, is_template=bool(name))
        if stop is not None:
            values = {"asset": account.type, "state": account.state or "RESTRICTED"}
            return Cause(
                "6.5", stop.code, REASONS[stop.code].reason.format_map(values), f"asset_event {account.state_stamp[1]}"
            )
    if not name or entry.channel != "whatsapp":
        return None
    languages = assets.languages_of(portfolio_id, name)
    template = languages.get(meant_language(language, tuple(languages)))
    stop = template_stop(template, now_milliseconds) if template is not None else Stop("template_unknown")
    if stop is None:
        return None
    status, event_id = (template.status, template.status_stamp[1]) if template is not None else ("", "")
    reason = REASONS[stop.code].reason.format_map({"template": name, "status": status})
    return Cause("6.1", stop.code, reason, f"asset_event {event_id}")


def cause_in_choice(choice: Choice, event: str) -> Cause:
    """Word the recipient's opt-out as a cause."""
    return Cause("6.3", "opted_out", "The recipient has opted out.", f"{event} {choice.event_id}")


def cause_in_demand(demand: Demand, code: str) -> Cause:
    """Word what the recipient demanded as a data subject as a cause."""
    return Cause("7.2", code, REASONS[code].reason, f"command {demand.command_id}")


def cause_in_end(choice: Choice, event: str) -> Cause:
    """Word the end of consent as a cause."""
    reason = "The recipient's consent has ended, or the number has a new holder."
    return Cause("6.2", "consent_missing", reason, f"{event} {choice.event_id}")


def target_of(entry: Entry) -> Target:
    """Say what a choice must cover to speak of a remembered message."""
    return Target(entry.channel, entry.purpose, entry.sender, entry.brand)


def revocation(entry: Entry, workspace_id: str, cause: Cause, now_milliseconds: int) -> Revocation:
    """Word a revocation. Its id is derived from the verdict's, as a verdict is revoked once."""
    return Revocation(
        revocation_id=hashlib.blake2b(b"revoked|" + entry.verdict_id.encode(), digest_size=16).hexdigest(),
        verdict_id=entry.verdict_id,
        message_id=entry.message_id,
        workspace_id=workspace_id,
        clause=cause.clause,
        code=cause.code,
        reason=cause.reason,
        caused_by=cause.event,
        revoked_at=to_text(now_milliseconds),
    )
