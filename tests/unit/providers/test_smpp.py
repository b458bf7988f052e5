"""SMPP receipts and PDUs. The PDUs are put together here, field by field, as SMPP v3.4 section 4 has them."""

import pytest

from pipeline.providers.normalise import normalise
from pipeline.providers.smpp_wire import read_receipt

RECIPIENT = b"447700900123"
SENDER = b"2020"
RECEIPT = "id:4a38 sub:001 dlvrd:001 submit date:2411241500 done date:2411241501 stat:DELIVRD err:000 text:-"


def pdu(command: int, body: bytes, status: int = 0) -> str:
    """Write a PDU in hexadecimal."""
    header = b"".join(part.to_bytes(4, "big") for part in (16 + len(body), command, status, 1))
    return (header + body).hex()


def message(source: bytes, destination: bytes, text: bytes, esm_class: int = 0, coding: int = 0) -> bytes:
    """Write the body of a submit_sm or deliver_sm."""
    addresses = b"\x00\x01\x01" + source + b"\x00\x01\x01" + destination + b"\x00"
    return addresses + bytes([esm_class]) + bytes(6) + bytes([coding, 0, len(text)]) + text


def values(payload: str) -> tuple[str, dict[str, object]]:
    """Give the kind of a payload and its one event."""
    answer = normalise("smpp", "smpp", payload)
    (event,) = answer.events
    return answer.kind, event.value


def test_reads_a_receipt_that_is_text() -> None:
    """The state and the id; the time has no zone, and `err` 000 is no error."""
    kind, value = values(RECEIPT)
    assert (kind, value["status"], value["provider_message_id"]) == ("status", "delivered", "4a38")
    assert "code" not in value
    assert "occurred_at" not in value


@pytest.mark.parametrize(
    ("misspelt", "right"),
    [("sat:", "stat:"), ("submit dat:", "submit date:"), ("one date:", "done date:"), ("txt:", "text:")],
)
def test_reads_a_receipt_with_misspelt_keys(misspelt: str, right: str) -> None:
    """Such receipts are sent."""
    assert read_receipt(RECEIPT.replace(right, misspelt)) == read_receipt(RECEIPT)


@pytest.mark.parametrize("text", ["", "id:1", "stat:DELIVRD err:000", "Meet me at id: the pub, text: nothing"])
def test_tells_other_text_from_a_receipt(text: str) -> None:
    """A person may write a colon."""
    assert read_receipt(text) is None


def test_turns_the_addresses_of_a_receipt() -> None:
    """A receipt comes from the person that the message went to."""
    kind, value = values(pdu(5, message(RECIPIENT, SENDER, RECEIPT.encode(), esm_class=4)))
    assert (kind, value["to"], value["sender"], value["status"]) == ("status", "+447700900123", "2020", "delivered")


def test_takes_the_state_from_the_parameter_where_there_is_no_text() -> None:
    """Parameter 0x0427 gives the state, 0x001E the id."""
    options = b"\x04\x27\x00\x01\x05" + b"\x00\x1e\x00\x03ab\x00"
    _kind, value = values(pdu(5, message(RECIPIENT, SENDER, b"", esm_class=4) + options))
    assert (value["status"], value["provider_message_id"]) == ("failed", "ab")


@pytest.mark.parametrize(
    ("text", "coding", "read"),
    [(b"STOP", 0, "STOP"), (b"\x00 \x02", 0, "@ $"), ("СТОП".encode("utf-16-be"), 8, "СТОП"), (b"caf\xe9", 3, "café")],
)
def test_reads_a_reply_in_its_alphabet(text: bytes, coding: int, read: str) -> None:
    """The default alphabet, UCS-2 and Latin-1."""
    kind, value = values(pdu(5, message(RECIPIENT, SENDER, text, coding=coding)))
    assert (kind, value["from"], value["to"], value["text"]) == ("inbound", "+447700900123", "2020", read)


def test_reads_a_reply_from_the_payload_parameter_and_leaves_its_header_out() -> None:
    """A long reply lies in parameter 0x0424, and a part of a long one begins with a header."""
    part = b"\x05\x00\x03\x01\x02\x01" + b"STOP"
    option = b"\x04\x24" + len(part).to_bytes(2, "big") + part
    _kind, value = values(pdu(5, message(RECIPIENT, SENDER, b"", esm_class=0x40) + option))
    assert value["text"] == "STOP"


def test_reads_a_submission() -> None:
    """What is submitted is a message that asks to be sent."""
    kind, value = values(pdu(4, message(SENDER, RECIPIENT, b"Hello")))
    assert (kind, value["to"], value["sender"]) == (
        "send_request",
        "+447700900123",
        {"type": "short_code", "id": "2020"},
    )


@pytest.mark.parametrize(("status", "state", "code"), [(0, "accepted", None), (0x58, "failed", "0x0058")])
def test_reads_the_answer_to_a_submission(status: int, state: str, code: str | None) -> None:
    """Accepted, or refused with a command status, which the table knows: 0x0058 is throttling."""
    kind, value = values(pdu(0x80000004, b"ab\x00", status))
    assert (kind, value["status"], value.get("code")) == ("status", state, code)
    assert value.get("code_class") == ("rate_limited" if code else None)


@pytest.mark.parametrize("command", [0x15, 0x80000015, 0x09])
def test_refuses_what_carries_no_message(command: int) -> None:
    """A link check or a bind is no event."""
    assert normalise("smpp", "smpp", pdu(command, b"")).kind == "rejected"


def test_refuses_a_pdu_that_is_cut_off() -> None:
    """Half an address is nobody's."""
    assert normalise("smpp", "smpp", pdu(5, b"\x00\x01\x0144770")).kind == "rejected"
