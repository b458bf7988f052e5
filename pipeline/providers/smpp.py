"""SMPP: receipts, messages to and from the message centre, and answers to submissions.

A receipt's addresses are turned: its source is the person that the message went to. `err` means what the operator says,
so it is kept and nothing is concluded from it.
"""

from typing import Final

from pipeline.providers.persons import person_of, sender_of
from pipeline.providers.said import Inbound, Said, Send, Status
from pipeline.providers.smpp_wire import SUBMIT_SM, Pdu

_CHANNEL: Final = "sms"
_NO_ERRORS: Final = ("", "0", "00", "000")


def read_pdu(pdu: object, _provider: str) -> list[Said] | None:
    """Read a PDU or a receipt, or say by `None` that it is none."""
    if not isinstance(pdu, Pdu):
        return None
    if pdu.is_answer:
        return [_answer(pdu)]
    if pdu.receipt is not None:
        return [_receipt(pdu, pdu.receipt)]
    if pdu.command == SUBMIT_SM:
        return [
            Send(
                person=person_of(pdu.destination),
                sender=sender_of(pdu.source),
                channel=_CHANNEL,
                text=pdu.text or None,
            )
        ]
    return [
        Inbound(
            person=person_of(pdu.source),
            to=sender_of(pdu.destination),
            text=pdu.text or None,
            type="text",
            channel=_CHANNEL,
        )
    ]


def _receipt(pdu: Pdu, receipt: dict[str, str]) -> Status:
    error = receipt.get("err", "")
    return Status(
        word=receipt.get("stat") or None,
        person=person_of(pdu.source),
        code=None if error in _NO_ERRORS else error,
        id=pdu.message_id or None,
        channel=_CHANNEL,
        sender=sender_of(pdu.destination),
        product="receipt",
        # YYMMDDhhmm of a clock whose zone nobody states.
        flags=("time_without_zone",) if receipt.get("done date") else (),
    )


def _answer(pdu: Pdu) -> Status:
    """Read the answer to a submission: accepted, or refused with a command status."""
    return Status(
        status="failed" if pdu.command_status else "accepted",
        code=f"0x{pdu.command_status:04X}" if pdu.command_status else None,
        id=pdu.message_id or None,
        channel=_CHANNEL,
        product="command-status",
    )
