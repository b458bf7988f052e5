"""What single gateways demand of their own payloads: which fields must be there, which states there are.

A gateway that is not listed is read by its fields' names alone: an unknown state is then kept and flagged. Names of
fields are facts of each gateway's interface; they were checked against the collected payloads of November 2026.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Dialect(Struct, frozen=True):
    """What one gateway demands; names are folded.

    `inbound`, `status`: fields that must have a value, alternatives joined by `|`. `is_closed`: a state that is not
    known is a mistake of the payload. `is_dated`: a time that is there must be readable; `is_zoned`: with its zone.
    `calling_code`: of a gateway of one country that writes national numbers. `numbers`: what states that are numbers
    mean. `channel`: of messages that name none. `is_flat`: nothing inside objects and lists counts.
    `is_named_by_address`: the state of a report stands in the address that it is sent to.
    """

    inbound: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    is_closed: bool = False
    is_dated: bool = False
    is_zoned: bool = False
    calling_code: str = ""
    numbers: Mapping[int, str] = {}
    is_flat: bool = False
    is_named_by_address: bool = False
    channel: str = "sms"


_KANNEL: Final = {1: "delivered", 2: "failed", 4: "accepted", 8: "sent", 16: "failed", 32: "accepted"}
"""Bits of Kannel's delivery mask (user guide, chapter 7)."""

PLAIN: Final = Dialect()
DIALECTS: Final = {
    "africastalking": Dialect(("id", "text", "from", "to", "date"), ("id", "status"), is_closed=True, is_dated=True),
    "arabiacell": Dialect(("b", "m")),
    "bongolive": Dialect(("msgtype", "message"), ("id", "status")),
    "burstsms": Dialect(("mobile",), ("messageid", "status"), is_closed=True),
    "chikka": Dialect(("mobilenumber", "requestid"), ("messageid", "status"), is_closed=True),
    "clickatell": Dialect(
        ("messageid", "fromnumber"), ("messageid", "statuscode"), numbers={4: "delivered", 5: "failed"}
    ),
    "clickmobile": Dialect(("mobile", "shortcode")),
    "clicksend": Dialect(("from",)),
    "dart": Dialect(("original", "sendto"), ("messageid", "status"), is_closed=True),
    "dmark": Dialect(("text", "shortcode", "tstamp", "msisdn"), ("uuid", "status"), is_closed=True, is_dated=True),
    "external(generic)": Dialect(is_dated=True, is_named_by_address=True),
    "gupshup": Dialect(channel="whatsapp"),
    "highconnection": Dialect(("from", "to"), ("retid", "status"), is_dated=True, numbers={6: "delivered"}),
    "globe": Dialect(("senderaddress",), is_dated=True),
    "i2sms": Dialect(("mobile",)),
    "infobip": Dialect(is_flat=True, is_closed=True),
    "jasmin": Dialect(("from", "to", "id"), ("id",)),
    "kaleyra": Dialect(("from", "type"), ("id", "status"), is_closed=True),
    "kannel": Dialect(("sender|from",), ("uuid|id", "status"), numbers=_KANNEL),
    "m3tech": Dialect(("from",)),
    "macrokiosk": Dialect(("shortcode|longcode", "from|msisdn", "text", "msgid"), ("msgid", "status"), is_dated=True),
    "messagebird": Dialect((), ("status",), is_closed=True),
    "messangi": Dialect(("mobile",)),
    "mtarget": Dialect(("msisdn",), ("msgid", "status"), is_closed=True),
    "mtn": Dialect(("senderaddress",), ("deliverystatus",), is_closed=True),
    "novo": Dialect(("from",)),
    "playmobile": Dialect(("msisdn",)),
    "plivo": Dialect(("from", "to", "messageuuid"), ("from", "to", "messageuuid", "status")),
    "sinch(mblox)": Dialect(("from", "to"), ("batchid", "status"), is_closed=True),
    "smscentral": Dialect(("mobile",)),
    "start": Dialect(("requestid", "from", "to")),
    "telesom": Dialect(("mobile",)),
    "thinq": Dialect(("from", "to"), ("guid", "status"), is_closed=True, calling_code="1"),
    "twilio": Dialect((), ("messagesid|smssid|sid", "messagestatus|smsstatus|status"), is_closed=True),
    "vonage": Dialect(("to", "msisdn|from", "messageid|messageuuid")),
    "wati": Dialect(channel="whatsapp"),
    "wavy": Dialect(("id", "source"), (), is_closed=True),
    "ycloud": Dialect(channel="whatsapp"),
    "yo": Dialect(("sender|from",), is_dated=True),
    "zenvia": Dialect(is_zoned=True),
}


def dialect_of(provider: str) -> Dialect:
    """Find what a gateway demands; nothing of one that is not known."""
    return DIALECTS.get(provider.lower(), PLAIN)
