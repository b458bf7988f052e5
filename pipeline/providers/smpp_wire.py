"""SMPP as it lies on the wire: text receipts, and whole PDUs written in hexadecimal.

Source: SMPP v3.4 sections 4.4-4.6 and 5.3, appendix B (form of receipts). Receipts with misspelt keys exist (`sat:`,
`submit dat:`, `txt:`); `err` means what the operator says it means.
"""

import re
from typing import Final

from msgspec import Struct

from pipeline.providers.answers import Rejected

SUBMIT_SM: Final = 0x00000004
DELIVER_SM: Final = 0x00000005
DATA_SM: Final = 0x00000103
_RESPONSE: Final = 0x80000000
_HEADER_BYTES: Final = 16
_RECEIPT_BITS: Final = 0x3C
_SMSC_RECEIPT: Final = 0x04
_UDH_BIT: Final = 0x40
_MESSAGE_PAYLOAD: Final = 0x0424
_RECEIPTED_ID: Final = 0x001E
_MESSAGE_STATE: Final = 0x0427
_STATES: Final = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 8: "REJECTD"}
"""Section 5.2.28; 7, UNKNOWN, is left out: it says nothing."""

_HEX: Final = re.compile(r"([0-9a-fA-F]{2}){16,}")
_RECEIPT_KEY: Final = re.compile(
    r"\b(id|sub|dlvrd|submit dat(?:e)?|d?one date|s(?:t)?at|err|te?xt):", re.IGNORECASE | re.ASCII
)
_KEYS: Final = {"submit dat": "submit date", "one date": "done date", "sat": "stat", "txt": "text"}
_RECEIPT_KEYS_MIN: Final = 3
_GSM: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038, by code."""
_CODECS: Final = {1: "ascii", 3: "latin-1", 8: "utf-16-be"}


class Pdu(Struct, frozen=True, kw_only=True):
    """A PDU, or a receipt that came as text (`command` 0)."""

    command: int = 0
    is_answer: bool = False
    command_status: int = 0
    source: str = ""
    destination: str = ""
    text: str = ""
    message_id: str = ""
    receipt: dict[str, str] | None = None


def read_smpp(payload: str) -> Pdu:
    """Read a receipt or a PDU.

    :raises Rejected: it is neither, or it is cut off
    """
    compact = "".join(payload.split())
    if _HEX.fullmatch(compact):
        return _read_pdu(bytes.fromhex(compact))
    receipt = read_receipt(payload)
    if receipt is None:
        raise Rejected("payload", "is neither an SMPP receipt nor a PDU in hexadecimal")
    return Pdu(receipt=receipt, message_id=receipt.get("id", ""))


def read_receipt(text: str) -> dict[str, str] | None:
    """Read the text of a receipt into its fields, or say by `None` that it is no receipt."""
    found = list(_RECEIPT_KEY.finditer(text))
    fields: dict[str, str] = {}
    for number, match in enumerate(found):
        key = match.group(1).lower()
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        fields.setdefault(_KEYS.get(key, key), text[match.end() : end].strip())
    is_receipt = len(fields) >= _RECEIPT_KEYS_MIN and "id" in fields and ("stat" in fields or "err" in fields)
    return fields if is_receipt else None


class _Reader:
    """Reads a body field by field."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def text(self) -> str:
        """Read a C-octet string."""
        end = self.data.find(b"\x00", self.at)
        if end < 0:
            raise Rejected("payload", "is a PDU that is cut off")
        value = self.data[self.at : end].decode("latin-1")
        self.at = end + 1
        return value

    def number(self, size: int = 1) -> int:
        """Read an integer."""
        return int.from_bytes(self.octets(size), "big")

    def octets(self, size: int) -> bytes:
        """Read octets."""
        if self.at + size > len(self.data):
            raise Rejected("payload", "is a PDU that is cut off")
        value = self.data[self.at : self.at + size]
        self.at += size
        return value

    def options(self) -> dict[int, bytes]:
        """Read what follows as optional parameters; one that is cut off ends the reading."""
        found: dict[int, bytes] = {}
        while self.at + 4 <= len(self.data):
            tag, size = self.number(2), self.number(2)
            if self.at + size > len(self.data):
                break
            found[tag] = self.octets(size)
        return found


def _read_pdu(data: bytes) -> Pdu:
    reader = _Reader(data)
    reader.number(4)
    command, status = reader.number(4), reader.number(4)
    reader.number(4)
    if command & _RESPONSE:
        if command & ~_RESPONSE not in (SUBMIT_SM, DATA_SM):
            raise Rejected("payload", "is a PDU without a message and without the state of one")
        message_id = reader.text() if reader.at < len(data) else ""
        return Pdu(command=command & ~_RESPONSE, is_answer=True, command_status=status, message_id=message_id)
    if command not in (SUBMIT_SM, DELIVER_SM, DATA_SM):
        raise Rejected("payload", "is a PDU without a message and without the state of one")
    return _read_message(command, reader)


def _read_message(command: int, reader: _Reader) -> Pdu:
    reader.text()
    reader.number(2)
    source = reader.text()
    reader.number(2)
    destination = reader.text()
    esm_class = reader.number()
    if command == DATA_SM:
        reader.number()
        coding, body = reader.number(), b""
    else:
        reader.number(2)
        reader.text()
        reader.text()
        reader.number(2)
        coding = reader.number()
        reader.number()
        size = reader.number()
        # Some centres count septets: what is there is the message.
        body = reader.octets(min(size, len(reader.data) - reader.at))
    options = reader.options()
    body = body or options.get(_MESSAGE_PAYLOAD, b"")
    if esm_class & _UDH_BIT and body:
        body = body[body[0] + 1 :]
    text = _decoded(body, coding)
    receipt = None
    if esm_class & _RECEIPT_BITS == _SMSC_RECEIPT or (command == DELIVER_SM and _RECEIPTED_ID in options):
        state = options.get(_MESSAGE_STATE, b"")
        receipt = {"stat": _STATES.get(state[0], "")} if state else {}
        receipt |= read_receipt(text) or {}
    message_id = options.get(_RECEIPTED_ID, b"").rstrip(b"\x00").decode("latin-1")
    return Pdu(
        command=command,
        source=source,
        destination=destination,
        text=text,
        message_id=message_id or (receipt or {}).get("id", ""),
        receipt=receipt,
    )


def _decoded(body: bytes, coding: int) -> str:
    codec = _CODECS.get(coding)
    if codec is not None:
        return body.decode(codec, "replace")
    if coding == 0:
        return "".join(_GSM[octet] if octet < len(_GSM) else chr(octet) for octet in body)
    return body.decode("latin-1")
