"""Write `pipeline/providers/codes.csv` from the collected table of providers' error and status codes.

Run `python tools/make_provider_codes.py provider-codes.csv`; the input's columns are provider, code, meaning, class,
retryable, source, mapping, note. Rows whose meaning or class nobody has read at the source are left out. What an
opt-out or an end of consent covers is decided here, row by row, because the input only says that it is one.
"""

import csv
import re
import sys
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "pipeline/providers/codes.csv"

FAMILIES = {
    "meta": ("meta", "whatsapp cloud_api"),
    "twilio": ("twilio", "messaging sms mms whatsapp"),
    "twilio-smpp": ("twilio", "smpp"),
    "vonage-sms-dlr": ("vonage", "sms-dlr sms"),
    "vonage-sms-api": ("vonage", "sms-api sms"),
    "vonage-messages": ("vonage", "messages"),
    "bandwidth": ("bandwidth", "messaging sms mms"),
    "infobip-status": ("infobip", "sms mms whatsapp messages"),
    "infobip-error": ("infobip", "sms mms whatsapp messages"),
    "infobip-chat": ("infobip", "whatsapp messages rcs viber"),
    "infobip-dlt": ("infobip", "sms"),
    "sinch-sms": ("sinch", "sms mms"),
    "sinch-10dlc": ("sinch", "10dlc smpp"),
    "sinch-conversation": ("sinch", "conversation"),
    "telnyx": ("telnyx", "messaging sms mms"),
    "plivo": ("plivo", "messaging sms mms"),
    "aws": ("aws", "sms sms-voice-v2"),
    "aws-pinpoint": ("aws", "pinpoint"),
    "bird": ("bird", "sms channels"),
    "bird-sms-source": ("bird", "sms-source"),
    "gupshup": ("gupshup", "whatsapp"),
    "kaleyra": ("kaleyra", "sms"),
    "kpn": ("kpn", "sms"),
    "exotel": ("exotel", "sms"),
    "8x8-sms": ("8x8", "sms chatapps"),
    "smpp-command-status": ("smpp", "command-status"),
    "smpp-receipt-stat": ("smpp", "receipt"),
}
"""Of each group of the input: the provider, and under which names of products its codes are met."""

EFFECTS = {
    ("meta", "131050"): ("opt_out", "whatsapp", "marketing", "*"),
    ("twilio", "21610"): ("opt_out", "sms", "*", "sender"),
    ("vonage-sms-dlr", "9"): ("opt_out", "sms", "*", "sender"),
    ("bandwidth", "4775"): ("opt_out", "sms", "*", "sender"),
    ("infobip-status", "10"): ("opt_out", "sms", "marketing", "*"),
    ("infobip-error", "2050"): ("opt_out", "sms", "marketing", "*"),
    ("infobip-error", "603"): ("opt_out", "sms", "*", "sender"),
    ("infobip-chat", "7033"): ("opt_out", "whatsapp", "marketing", "*"),
    ("telnyx", "40300"): ("opt_out", "sms", "*", "*"),
    ("plivo", "200"): ("opt_out", "sms", "*", "sender"),
    ("aws", "ConflictException:DESTINATION_PHONE_NUMBER_OPTED_OUT"): ("opt_out", "sms", "*", "*"),
    ("aws-pinpoint", "OPT_OUT"): ("opt_out", "sms", "*", "*"),
    ("gupshup", "1012"): ("opt_out", "whatsapp", "*", "*"),
    ("kaleyra", "CON-DND"): ("opt_out", "sms", "marketing", "*"),
    ("kaleyra", "OPT-OUT"): ("opt_out", "sms", "*", "sender"),
    ("kpn", "004"): ("opt_out", "sms", "*", "sender"),
    ("exotel", "23005"): ("opt_out", "sms", "marketing", "*"),
    ("bandwidth", "4721"): ("end", "*", "*", "*"),
    ("infobip-error", "3041"): ("end", "*", "*", "*"),
    ("infobip-chat", "7029"): ("end", "*", "*", "*"),
    ("vonage-sms-dlr", "3"): ("end", "*", "*", "*"),
    ("kpn", "008"): ("end", "*", "*", "*"),
}
"""What a code does to a person's choices: effect, channel, purpose, and whether only the sender that was used is meant.

A number on a national registry (DND) refuses marketing of everybody, not this sender. Telnyx refuses for the whole
messaging profile and AWS for the whole opt-out list, so every sender of the workspace is meant.
"""

UNREAD = re.compile(r"our reading|inferred|not read|no exact fit|name only", re.IGNORECASE)
SECOND_HAND = re.compile(r"second-hand|excerpt|index id|peers\.md", re.IGNORECASE)
NAME = re.compile(r"^([A-Z][A-Z0-9_]{3,}|[a-z]+(?:-[a-z]+)+):\s")
TITLE_CHARACTERS_MAX = 96
SOURCE_CHARACTERS_MAX = 120


def title_of(meaning: str) -> str:
    """Reduce a meaning to what a provider's payload calls the code."""
    name = NAME.match(meaning)
    text = name.group(1) if name else meaning.partition(": the user asked")[0]
    return " ".join(text.split())[:TITLE_CHARACTERS_MAX]


def confidence_of(row: dict[str, str]) -> str:
    """Say how sure a row is: read at the source, sorted by a rule, or told by somebody else."""
    if SECOND_HAND.search(f"{row['note']} {row['source']}"):
        return "low"
    return "high" if row["mapping"] == "manual" else "medium"


def main() -> None:
    """Write the table."""
    rows = csv.DictReader(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# What providers' codes mean. Written by tools/make_provider_codes.py; collected in November 2026.\n"
        )
        file.write("# `class` as in docs/providers.md; `effect` on a person's choices; `alone`: the code without its\n")
        file.write(
            "# title is enough. Confidence: high, read at the source; medium, sorted by rule; low, second-hand.\n"
        )
        out = csv.writer(file, lineterminator="\n")
        columns = "provider,products,code,title,class,retryable,effect,channel,purpose,sender,alone,confidence,source"
        out.writerow(columns.split(","))
        for row in rows:
            if UNREAD.search(row["note"]):
                continue
            provider, products = FAMILIES[row["provider"]]
            effect = EFFECTS.get((row["provider"], row["code"]), ("", "", "", ""))
            confidence = confidence_of(row)
            alone = "no" if "CONFLICT" in row["note"] or confidence == "low" else "yes"
            out.writerow(
                (
                    *(provider, products, row["code"], title_of(row["meaning"]), row["class"], row["retryable"]),
                    *(*effect, alone, confidence, row["source"][:SOURCE_CHARACTERS_MAX]),
                )
            )


if __name__ == "__main__":
    main()
