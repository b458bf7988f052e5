"""Choose the messages of the demo from the public corpora, and write `pipeline/demo/messages.jsonl`.

Run from the root: `.venv/bin/python tools/make_demo_data.py`. The corpora are read from `../shared/data/sms`, which is
not part of the repository; where it is missing nothing is written. The same corpora give the same file, byte for byte.
`pipeline/demo/NOTICE.md` says where the texts come from and what is changed here.
"""

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ROOT.parent / "shared" / "data" / "sms"
TARGET = ROOT / "pipeline" / "demo" / "messages.jsonl"

CHARACTERS = range(12, 321)
"""Shorter says nothing, longer (more than two SMS) does not fit a line of the summary."""


class Share(NamedTuple):
    """How many texts are taken of one corpus and label, and what the source called them."""

    corpus: str
    label: str
    texts: int
    label_raw: str | None = None


SHARES = (
    Share("thai_sms", "ham", 80, "otp"),
    Share("thai_sms", "ham", 120, "ok"),
    Share("smishx", "ham", 60),
    Share("uci_sms_spam", "spam", 25),
    Share("mendeley_sms_phishing", "smishing", 20),
    Share("smishx", "smishing", 25),
    Share("thai_sms", "smishing", 30),
    Share("thai_sms", "spam", 20),
    Share("sp24_gateway", "abuse", 50),
)

# --- what is left out -------------------------------------------------------------------------------------------------

LONG_NUMBER = re.compile(r"\d(?:[ \-.()/]?\d){6,}|\d{7,}")
"""Seven digits and more, also with separators: numbers of telephones, cards, accounts, orders. Codes are shorter."""
MIXED_TOKEN = re.compile(r"(?=[A-Za-z0-9]*[A-Za-z])(?=(?:[A-Za-z]*\d){4})[A-Za-z0-9]{8,}")
"""Letters with at least four digits: order and tracking numbers that may lead to a person."""
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+|@\w+")
PERSON = re.compile(
    r"\b(?:[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|DEAR|HI|HELLO|Mr|Mrs|Ms|Miss|Dr|From|from|by|Sir)[.,!:]?\s+"
    r"(?!(?:Customer|CUSTOMER|Sir|Madam|Member|Valued|User|Client|Guest|Friend|Vodafone|Orange|O2|Bank|Apple|Amazon)\b)"
    r"[A-Z][A-Za-z]+"
    r"|^\W*[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?\s*,"
    r"|(?:นาย|นางสาว|น\.ส\.|ด\.ช\.|ด\.ญ\.|เรียน\s*คุณ|พี่|สวัสดี\S*\s+คุณ|ทะเบียน\s*\d|[Xx]\d{3}|<NAME>|<#>|<DECIMAL>)"
)
"""A form of address with a name after it, a place that a corpus has masked, or an account given by its last digits."""
INDECENT = re.compile(
    r"sex|xxx|porn|nude|naked|horny|adult|18\+|gay|lesb|slut|fuck|bitch|dick|pussy|babe|escort|viagra|girls?\b|kiss"
    r"|เงี่ยน|หี|ควย|เย็ด|หนังโป๊|xx",
    re.IGNORECASE,
)
BUSINESS = re.compile(
    r"\b(?:your (?:order|account|package|parcel|code|card|booking|appointment|payment|subscription|data|plan|delivery"
    r"|ticket|refund|bill|otp|verification|application|request|recharge|service|mobile|phone)|verification code"
    r"|reply (?:help|stop|yes|y|n)|stop to|delivered|out for delivery|otp|one.time|one time|password|confirmed|booked"
    r"|reservation|appointment|reminder|invoice|due date|customer|valid till|balance|recharge|shipped|dispatched"
    r"|thank you for|thanks for (?:your|calling|choosing)|free gift|cashback|offer|sale|discount|\d+% off|enrolled)\b",
    re.IGNORECASE,
)
"""What a business writes. Wanted messages of the English corpora are personal chat for the most part."""

LEFT_OUT = frozenset(
    [
        *("smishx-c2ce48f72c", "sp24_gateway-0467d2a5fc", "mendeley_sms_phishing-cd51bd4a74"),
        *("mendeley_sms_phishing-75903135f6", "smishx-daa5fc7143", "smishx-bda94da72d"),
        *("uci_sms_spam-5b288507ac", "uci_sms_spam-be8e96bb35", "sp24_gateway-d0a9e67ac0"),
        *("sp24_gateway-8452674192", "uci_sms_spam-02e664d377", "uci_sms_spam-4c9388d81e"),
        *("uci_sms_spam-d1eafeac78", "thai_sms-f5850d2d83"),
    ]
)
"""Ids left out by hand: a name that may be a private person's, or indecent in a language that the list has not."""

# --- what is changed --------------------------------------------------------------------------------------------------

LINK = re.compile(r"https?\s*:(?:\s*/)+\s*(?P<rest>[^\s<>\"'\])]+)", re.IGNORECASE)
TOP_LEVELS = (
    "app|asia|at|bar|best|bid|biz|bond|buzz|bz|cam|cash|cc|cfd|ch|cl|click|club|cm|cn|co|com|cyou|de|deals|dev|"
    "digital|do|email|es|eu|example|fi|fit|fr|fun|fyi|ga|gd|gg|gl|goo|gov|gq|gs|guru|help|hk|icu|id|ie|im|in|info|"
    "ink|io|is|it|jp|kr|la|life|link|live|loan|lol|ltd|ly|me|mobi|monster|net|network|ng|nl|no|nz|one|online|org|"
    "page|ph|pk|pl|plus|pro|pub|pw|re|ren|rest|rs|ru|sbs|se|sg|shop|site|space|store|su|support|tech|tel|th|tk|to|"
    "today|tokyo|top|trade|tv|tw|ua|uk|us|vc|vip|vn|wang|website|win|work|ws|wtf|xin|xyz|zone"
)
BARE_HOST = re.compile(
    r"(?<![\w@.-])(?:(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?=/\w)|www\s*\.\s*[\w-]+(?:\.[\w-]+)*|(?:[A-Za-z0-9-]+\.)+(?:"
    + TOP_LEVELS
    + r"))"
    r"(?![\w-]|\.\w)(?:/[^\s<>\"'\])]*)?",
    re.IGNORECASE | re.ASCII,
)


def defanged(text: str) -> str:
    """Replace the host of every link by a made-up one below `.example` (RFC 2606), and drop what follows the host."""
    text = LINK.sub(lambda link: f"https://{_made_up(link['rest'])}/a", text)
    return BARE_HOST.sub(lambda host: host[0] if host[0].endswith(".example") else _made_up(host[0]), text)


def _made_up(link: str) -> str:
    host = re.split(r"[/?#]", link.lower(), maxsplit=1)[0]
    return f"h{hashlib.sha256(host.encode()).hexdigest()[:6]}.example"


def is_wanted(row: dict[str, Any]) -> bool:
    """Tell whether a text may be shown: of a useful length, decent, about no private person as far as one can tell."""
    text = row["text"]
    if len(text) not in CHARACTERS or row["id"] in LEFT_OUT or "\ufffd" in text:
        return False
    if any(pattern.search(text) for pattern in (LONG_NUMBER, ADDRESS, PERSON, INDECENT)):
        return False
    if MIXED_TOKEN.search(LINK.sub("", text)):
        return False
    return row["label"] != "ham" or row["lang"] == "th" or BUSINESS.search(text) is not None


def rows_of(corpus: str) -> Iterator[dict[str, Any]]:
    """Read one corpus, in an order that follows from the ids alone."""
    with gzip.open(CORPORA / f"{corpus}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    yield from sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).digest())


def chosen(share: Share, groups: set[str]) -> list[dict[str, str]]:
    """Choose the texts of one share; of texts that look alike (the corpora's `group`) one is taken."""
    found: list[dict[str, str]] = []
    for row in rows_of(share.corpus):
        if len(found) == share.texts:
            break
        is_of_share = row["label"] == share.label and share.label_raw in (None, row["label_raw"])
        if not is_of_share or row["group"] in groups or not is_wanted(row):
            continue
        groups.add(row["group"])
        text = defanged(" ".join(row["text"].split()))
        found.append({key: row[key] for key in ("id", "corpus", "lang", "label")} | {"text": text})
    return found


def main() -> int:
    """Write the file; gives the exit code."""
    if not CORPORA.is_dir():
        sys.stderr.write(f"{CORPORA} is missing; {TARGET.name} stays as it is\n")
        return 1
    groups: set[str] = set()
    texts = [text for share in SHARES for text in chosen(share, groups)]
    texts.sort(key=lambda text: hashlib.sha256(f"order {text['id']}".encode()).digest())
    lines = [json.dumps(text, ensure_ascii=False) + "\n" for text in texts]
    TARGET.write_text("".join(lines), encoding="utf-8")
    sys.stdout.write(f"{len(lines)} texts, {TARGET.stat().st_size} bytes in {TARGET.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
