"""Judged messages that may not be sent any more: found in the ledger, withdrawn, and told to the messaging service."""

from collections.abc import Callable
from typing import Final

import msgspec

from pipeline.rules.data_subject_rights import code_of
from pipeline.state.choices import Choice, Choices, Kind, standing_consents, standing_withdrawal
from pipeline.state.keys import end_of, ledger_key, ledger_range, sweep_key
from pipeline.state.ledger import Entry, Standing, is_revocable, mark_sent, revoke
from pipeline.state.rights import Demand, Rights, standing_demand
from pipeline.topologies.contact_book import ContactBook
from pipeline.topologies.desk import Desk
from pipeline.topologies.evidence_pages import EvidenceEntry, digest
from pipeline.topologies.outputs import revoked
from pipeline.topologies.revoking import (
    Cause,
    cause_in_actor,
    cause_in_asset,
    cause_in_choice,
    cause_in_demand,
    cause_in_end,
    cause_in_workspace,
    revocation,
    target_of,
)

SWEEP_ENTRIES_MAX: Final = 500
"""How many judged messages are looked at in one transaction when a workspace changes; the walk then goes on."""

REVOKED_MAX: Final = 50_000
"""Judged messages of one recipient and workspace that an opt-out looks at; more in the time of a lease is no person."""

NEWEST_LOOKED_AT: Final = 50
"""Judged messages to one recipient among which the newest is looked for; an hour holds a few."""

decode_entry = msgspec.msgpack.Decoder(Entry).decode
_pack = msgspec.msgpack.Encoder().encode


class Withdrawals:
    """What a turn withdraws."""

    def __init__(self, desk: Desk, contacts: ContactBook) -> None:
        """Work at a desk, with the book of contacts at hand."""
        self._desk = desk
        self._contacts = contacts

    def for_choice(self, recipient: str, workspace_id: str, choices: Choices, choice: Choice, event_type: str) -> None:
        """Withdraw what a recipient's opt-out forbids, or what the end of consent leaves without any."""
        if choice.kind is Kind.END:
            needed_for = self._desk.known.policy_at(self._desk.now_milliseconds).policy.document.consent.needed_for
            self._revoke_of(
                recipient,
                workspace_id,
                lambda entry: (
                    entry.standing is Standing.OPEN  # what waits is judged again anyway
                    and entry.purpose in needed_for
                    and not standing_consents(choices, target_of(entry))
                ),
                cause_in_end(choice, event_type),
            )
            return
        self._revoke_of(
            recipient,
            workspace_id,
            lambda entry: standing_withdrawal(choices, target_of(entry)) is not None,
            cause_in_choice(choice, event_type),
        )

    def for_demand(self, recipient: str, workspace_id: str, choices: Choices, rights: Rights, demand: Demand) -> None:
        """Withdraw what a recipient's objection, restriction or erasure forbids."""
        now_milliseconds = self._desk.now_milliseconds
        self._revoke_of(
            recipient,
            workspace_id,
            lambda entry: (
                standing_demand(rights, workspace_id, target_of(entry), choices, now_milliseconds) is not None
            ),
            cause_in_demand(demand, code_of(demand.kind)),
        )

    def recall(self, key: bytes, workspace_id: str, cause: Cause) -> bool:
        """Withdraw one message that was let pass, if its verdict can still be used; tells whether it was withdrawn."""
        value = self._desk.state.get(key)
        entry = decode_entry(value) if value is not None else None
        if entry is None or entry.standing is not Standing.OPEN or not is_revocable(entry, self._desk.now_milliseconds):
            return False
        self._revoke(key, entry, workspace_id, cause)
        return True

    def entry_of(self, recipient: str, workspace_id: str | None, message_id: str | None) -> Entry | None:
        """Give what is remembered of a judged message."""
        if workspace_id is None or message_id is None:
            return None
        value = self._desk.state.get(ledger_key(workspace_id, recipient, message_id))
        return decode_entry(value) if value is not None else None

    def newest_of(self, recipient: str, workspace_id: str) -> Entry | None:
        """Give the newest message to a recipient that was let pass and is remembered."""
        begin = ledger_range(workspace_id, recipient)
        entries = [decode_entry(value) for _, value in self._desk.state.scan(begin, end_of(begin), NEWEST_LOOKED_AT)]
        passed = [entry for entry in entries if entry.standing in (Standing.OPEN, Standing.SENT)]
        return max(passed, key=_decided, default=None)

    def forget(self, recipient: str, workspace_id: str) -> None:
        """Forget the judged messages of a recipient who was erased."""
        begin = ledger_range(workspace_id, recipient)
        for key, _ in list(self._desk.state.scan(begin, end_of(begin), REVOKED_MAX)):
            self._desk.state.delete(key)

    def _revoke_of(
        self, recipient: str, workspace_id: str, is_forbidden: Callable[[Entry], bool], cause: Cause
    ) -> None:
        begin = ledger_range(workspace_id, recipient)
        for key, value in list(self._desk.state.scan(begin, end_of(begin), REVOKED_MAX)):
            entry = decode_entry(value)
            if is_revocable(entry, self._desk.now_milliseconds) and is_forbidden(entry):
                self._revoke(key, entry, workspace_id, cause)

    def for_asset(self, key: str) -> None:
        """Withdraw what can't be sent any more because of what a provider said of an asset.

        :param key: the key of the record of `messaging.assets` that has changed
        """
        known = self._desk.known
        asset = known.assets.asset_of(key)
        if asset is not None and known.assets.is_stopped(asset, self._desk.now_milliseconds):
            for workspace_id in known.workspaces_with_asset(asset):
                self.sweep(workspace_id, ledger_range(workspace_id))

    def sweep(self, workspace_id: str, begin: bytes) -> None:
        """Walk a slice of a workspace's judged messages and withdraw what may not be sent any more."""
        workspace = self._desk.known.workspaces.get(workspace_id)
        for_all = cause_in_workspace(workspace, self._desk.known.enforcement.get(workspace_id))
        self._desk.state.delete(sweep_key(workspace_id))
        end = end_of(ledger_range(workspace_id))
        walked = list(self._desk.state.scan(begin, end, SWEEP_ENTRIES_MAX))
        for key, value in walked:
            entry = decode_entry(value)
            if not is_revocable(entry, self._desk.now_milliseconds):
                continue
            cause = for_all or (cause_in_actor(entry, workspace) if workspace else None)
            if cause is None and workspace and entry.standing is Standing.OPEN:
                cause = cause_in_asset(entry, workspace, self._desk.known.assets, self._desk.now_milliseconds)
            if cause is not None:
                self._revoke(key, entry, workspace_id, cause)
        if len(walked) == SWEEP_ENTRIES_MAX:
            rest = _pack((workspace_id, walked[-1][0] + b"\x00"))
            self._desk.state.put(sweep_key(workspace_id), rest, self._desk.now_milliseconds)

    def go_on(self, value: bytes) -> None:
        """Go on with a walk that was too long for one transaction."""
        workspace_id, begin = msgspec.msgpack.decode(value, type=tuple[str, bytes])
        self.sweep(workspace_id, begin)

    def note_sent(self, key: bytes) -> None:
        """Note that a message was sent, if it is remembered as one that may be."""
        value = self._desk.state.get(key)
        if value is not None and (entry := decode_entry(value)).standing is Standing.OPEN:
            self._remember(key, mark_sent(entry))

    def sender_of(self, recipient: str, workspace_id: str | None, message_id: str | None) -> str | None:
        """Say from which sender a message went out, if it is still remembered."""
        entry = self.entry_of(recipient, workspace_id, message_id)
        return (entry.sender or None) if entry is not None else None

    def _revoke(self, key: bytes, entry: Entry, workspace_id: str, cause: Cause) -> None:
        withdrawn = revocation(entry, workspace_id, cause, self._desk.now_milliseconds)
        output = revoked(entry.recipient, withdrawn, self._desk.partition)
        self._desk.outputs.append(output)
        self._remember(key, revoke(entry))
        if entry.standing is Standing.OPEN:
            self._contacts.take_out(entry, workspace_id)
        self._desk.evidence.append(
            EvidenceEntry(
                "revocation",
                withdrawn.revocation_id,
                entry.message_id,
                "",
                self._desk.partition,
                -1,
                "",
                digest(output.value or b""),
            ),
        )

    def _remember(self, key: bytes, entry: Entry) -> None:
        self._desk.state.keep(key, _pack(entry), entry.until_milliseconds)


def _decided(entry: Entry) -> int:
    return entry.decided_milliseconds
