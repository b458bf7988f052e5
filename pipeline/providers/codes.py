"""What a provider's error or status code means, decided by provider, product, code and title together.

One number means different things: Vonage's 9 is an opt-out in a delivery receipt and a lack of credit in the answer
of its SMS API; Telnyx's 40300 is a STOP block on one of its pages and a carrier's refusal on another. So nothing is
concluded from a number alone. The table (`codes.csv`, written by `tools/make_provider_codes.py`) holds source and
confidence of each row.
"""

import csv
import re
from importlib import resources
from typing import Final, Literal

from msgspec import Struct

Effect = Literal["", "opt_out", "end"]


class Code(Struct, frozen=True):
    """One code of one provider.

    `products`: the names of products under which it is met. `group`: the class, such as `opted_out` or
    `account_restricted`. `effect`, `channel`, `purpose` and `sender`: what it does to a person's choices; `sender` is
    `sender` when only the sender that was used is meant, else `*`. `alone`: the code is enough without its title, as
    all sources agree on it.
    """

    provider: str
    products: frozenset[str]
    code: str
    title: str
    group: str
    is_retryable: bool
    effect: Effect
    channel: str
    purpose: str
    sender: str
    alone: bool
    confidence: str


_ALIASES: Final = {"messagebird": "bird", "nexmo": "vonage", "amazon": "aws", "whatsapp": "meta", "360dialog": "meta"}
"""Other names of providers: former ones, and a partner that passes Meta's codes on."""
_WHATSAPP: Final = "whatsapp"
_PERSONAL: Final = ("opted_out", "reassigned_number")
_EDGES: Final = re.compile(r"[^a-z0-9]+")
_OPT_OUT_WORDS: Final = re.compile(
    r"\bopt(ed|s|ing)? ?out\b|\boptout\b|\bunsubscri|\bstop (receiving|message|from)|\b(by|to|mo) stop\b"
    r"|\bstopped (receiving|marketing)|\bdo not disturb\b|\bdnd\b|\bblacklist rule\b"
)
"""Words of a title that say that a person refused. "Blacklist rule" is Twilio's older title of 21610."""
_TITLE_WORDS_MIN: Final = 2
"""A title that only begins like the table's must share this many words with it, else it says too little."""


def plain_title(title: str) -> str:
    """Bring a title into the form in which titles are compared: lower case, words with single spaces."""
    return _EDGES.sub(" ", title.lower()).strip()


def meaning_of(provider: str, product: str | None, code: str, title: str | None) -> Code | None:
    """Find what a code means, or `None` when provider, product, code and title don't agree on one meaning.

    A missing title is made up for by a stated product, if one row alone is left and all sources agree on that code. A
    missing product is made up for by the title. With both missing nothing is concluded. Providers word titles freely,
    so other words do no harm to a class; but a code that changes a person's choices needs a title that agrees.

    :param provider: in any case, such as `twilio`
    :param product: such as `messaging`, `sms-dlr`, `whatsapp`; `None` when not stated
    :param title: the text that the provider gives with the code
    """
    rows = candidates(provider, product, code)
    agreeing = [row for row in rows if agrees(row, title)] if title else []
    if agreeing:
        return agreeing[0]
    if product is None or len(rows) != 1:
        return None
    (row,) = rows
    is_harmless = not row.effect and row.group not in _PERSONAL
    is_own = row.provider == _name_of(provider)
    return row if row.alone and is_own and (is_harmless or not title) else None


def _name_of(provider: str) -> str:
    name = provider.lower()
    return _ALIASES.get(name, name)


def _joined(product: str) -> str:
    """Write a product's name in one way: `Cloud_API` is `cloud-api`."""
    return _EDGES.sub("-", product.lower()).strip("-")


def candidates(provider: str, product: str | None, code: str) -> list[Code]:
    """List what a code may mean, whatever its title says; empty for an unknown provider, product or code."""
    rows = _ROWS.get((_name_of(provider), code), ())
    if not rows and product is not None and product.lower() == _WHATSAPP:
        rows = _ROWS.get(("meta", code), ())  # partners pass Meta's codes on
    if product is None:
        return list(rows)
    name = _joined(product)
    if name in _PRODUCTS.get(_name_of(provider), frozenset()):
        return [row for row in rows if name in row.products]
    # Not a name of the table: `programmable-messaging` is messaging all the same, `voice` is nothing that it knows.
    words = frozenset(name.split("-"))
    return [row for row in rows if words & row.products]


def agrees(row: Code, title: str) -> bool:
    """Tell whether a title speaks of the same thing as the table's: the same words, or an opt-out in both."""
    given, known = plain_title(title), plain_title(row.title)
    if given == known:
        return True
    if row.effect == "opt_out" or row.group == "opted_out":
        return bool(_OPT_OUT_WORDS.search(given))
    shorter, longer = sorted((given, known), key=len)
    return len(shorter.split()) >= _TITLE_WORDS_MIN and longer.startswith(f"{shorter} ")


def _read_rows() -> dict[tuple[str, str], tuple[Code, ...]]:
    table = resources.files("pipeline.providers").joinpath("codes.csv").read_text("utf-8")
    rows: dict[tuple[str, str], tuple[Code, ...]] = {}
    for row in csv.DictReader(line for line in table.splitlines() if not line.startswith("#")):
        effect: Effect = "opt_out" if row["effect"] == "opt_out" else "end" if row["effect"] == "end" else ""
        code = Code(
            provider=row["provider"],
            products=frozenset(map(_joined, row["products"].split())),
            code=row["code"],
            title=row["title"],
            group=row["class"],
            is_retryable=row["retryable"] == "yes",
            effect=effect,
            channel=row["channel"],
            purpose=row["purpose"],
            sender=row["sender"],
            alone=row["alone"] == "yes",
            confidence=row["confidence"],
        )
        rows[code.provider, code.code] = (*rows.get((code.provider, code.code), ()), code)
    return rows


_ROWS: Final = _read_rows()
_PRODUCTS: Final = {
    name: frozenset(
        product for (provider, _), rows in _ROWS.items() if provider == name for row in rows for product in row.products
    )
    for name in sorted({provider for provider, _ in _ROWS})
}
"""The names of products that the table knows, by provider: such a name means its own rows and no others."""
