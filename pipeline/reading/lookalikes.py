"""Hosts that look as if a protected brand stood behind them.

Kinds, strongest first: `disguised` (the name with look-alike letters or digits, also in Punycode), `misspelt` (one
letter more, less, other or swapped; two in long names), `with_word` (the name beside a word that lures:
`paypal-secure`), `subdomain` (the name before somebody else's domain), `path` (the name and a luring word in the
path), `other_domain` (the very name under another top-level domain: often the brand itself in another country, so the
weakest).

Source: rules/sensitive.md (links). Names are found by an index of their deletions (Symmetric Delete), so the cost does
not grow with the number of brands. Known gaps: names cut by dots, brands that are not in the list.
"""

import functools
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.reading.brands import KEY_CHARACTERS_MIN, Brand, Brands
from pipeline.reading.confusables import to_latin
from pipeline.reading.links import Link
from pipeline.reading.normalise import fold_letters


class Imitation(NamedTuple):
    """A link that looks like a brand's."""

    brand: str
    kind: str
    host: str


_MISSPELT_CHARACTERS_MIN, _TWICE_MISSPELT_CHARACTERS_MIN = 6, 10
_PATH_CHARACTERS_MAX: Final = 256
_PATH_PART: Final = re.compile("[a-z0-9]{3,}")
_STATE: Final = frozenset("gov mil gob gouv gub go govt gc".split())
"""Second-level labels that states keep to themselves (`gov.uk`, `gob.mx`, `gouv.fr`, `go.th`)."""
_LURES: Final = frozenset(
    (
        "login signin logon account accounts secure secured security safe verify verification verified validate "
        "confirm confirmation update updates unlock locked suspended restore recover recovery support help helpdesk "
        "service services customer customers client clients care team center centre online web mobile app apps "
        "portal page site official id auth authentication access pay payment payments payee billing bill invoice "
        "refund refunds rebate tax fee fees toll tolls charge card cards bank banking alert alerts notice "
        "notification info reward rewards gift bonus promo prize claim parcel parcels package packages delivery "
        "deliver redelivery reschedule track tracking tracker shipment shipping courier customs post express depot "
        "order orders mail vip store shop deals my get go pin wallet token airdrop kyc pan colis livraison suivi "
        "compte connexion secur paiement remboursement paket sendung zustellung konto anmelden zahlung envio "
        "entrega paquete cuenta seguro pago acceso pacco consegna conto accesso spedizione pagamento pakket "
        "betaling bezorging rekening przesylka paczka dostawa platnosc kargo teslimat hesap odeme giris kiriman "
        "bayar rastreio encomenda conta segura "
    ).split()
)
"""Words that go with a brand's name in hosts of fraud, in fifteen languages of ours (written by hand, 2026-11)."""
_SAME_LOOK: Final = str.maketrans("1i|03457", "lllOeast".lower())
_STANDS_FOR: Final = (("rn", "m"), ("vv", "w"))


class Lookalikes:
    """The indexes over a list of brands. What was worked out for a host is kept, for hosts come again."""

    def __init__(self, brands: Brands) -> None:
        """Index the brands: about 10 ms for 1,000."""
        self._brands = brands
        self._by_look: dict[str, Brand] = {}
        self._by_deletion: dict[str, list[Brand]] = {}
        for key, brand in brands.by_key.items():
            look = look_of(key)
            self._by_look.setdefault(look, brand)
            if len(look) >= _MISSPELT_CHARACTERS_MIN and not brand.is_word and not _is_mostly_common(key):
                for shorter in (look, *_deletions(look)):
                    self._by_deletion.setdefault(shorter, []).append(brand)
        self._of_host = functools.lru_cache(maxsize=16_384)(self._imitation_by_host)

    def imitation_by(self, link: Link) -> Imitation | None:
        """Tell which brand a link imitates, if any. A brand's own domains and those of states imitate nobody."""
        if link.registered_domain is None:
            return None
        found, is_own = self._of_host(link.host, link.registered_domain)
        if found is None and not is_own and len(link.path) > 1:
            return self._by_path(link)
        return found

    def owners_of(self, link: Link) -> frozenset[str]:
        """Name the brands that own the domain a link leads to."""
        return self._owners(link.host, link.registered_domain or "")

    def _owners(self, host: str, domain: str) -> frozenset[str]:
        by_domain = self._brands.by_domain
        owners = by_domain.get(domain) or by_domain.get(domain.rpartition(".")[2])
        while not owners and host:
            owners = by_domain.get(host)
            host = host.partition(".")[2]
        return owners or frozenset()

    def _imitation_by_host(self, host: str, domain: str) -> tuple[Imitation | None, bool]:
        labels = domain.split(".")
        if self._owners(host, domain) or not _STATE.isdisjoint(labels[-2:]):
            return None, True
        name, rest = labels[0], host.removesuffix(domain).strip(".")
        lures = _LURES.intersection(part for label in (name, *rest.split(".")) for part in label.split("-"))
        for label, kind in ((name, ""), *((part, "subdomain") for part in rest.split(".") if part)):
            found = self._in_label(_unicode(label), lures, is_name=not kind)
            if found is not None:
                brand, how = found
                return Imitation(brand.name, how if how == "disguised" else kind or how, host), False
        return None, False

    def _in_label(self, label: str, lures: frozenset[str], *, is_name: bool) -> tuple[Brand, str] | None:
        """Find a brand in one label of a host, given the luring words of all labels."""
        plain = fold_letters(label)
        parts = [part for part in plain.split("-") if part]
        names = (plain.replace("-", ""), *(parts if len(parts) > 1 else ()))
        for name in names:
            brand = self._brands.by_key.get(name)
            if brand is not None and label.isascii():
                is_all = name == names[0]
                if lures - {name} and not (is_all and name in lures):
                    return brand, "with_word"
                if not _is_weak(brand):
                    return brand, "other_domain" if is_all else "with_word"
        for name in names:
            brand = self._by_look.get(look_of(name))
            if (
                brand is not None
                and len(brand.key) >= KEY_CHARACTERS_MIN
                and (brand.key != name or not label.isascii())
            ):
                return brand, "disguised"
        if _LURES.issuperset(parts):
            return None
        return self._glued(names[0]) or (self._misspelt(names) if is_name else None)

    def _glued(self, name: str) -> tuple[Brand, str] | None:
        """Find a brand with a luring word before or behind it, written together: `paypalsecure`."""
        for cut in range(3, len(name) - 1):
            head, tail = name[:cut], name[cut:]
            for part, other in ((head, tail), (tail, head)):
                brand = self._brands.by_key.get(part)
                if (
                    brand is not None
                    and other in _LURES
                    and len(part) >= (3 if len(other) >= KEY_CHARACTERS_MIN else 5)
                ):
                    return brand, "with_word"
                brand = (
                    self._by_look.get(look_of(part)) if other in _LURES and len(part) >= KEY_CHARACTERS_MIN else None
                )
                if brand is not None and not brand.is_word:
                    return brand, "disguised"
        return None

    def _misspelt(self, names: tuple[str, ...]) -> tuple[Brand, str] | None:
        for name in names:
            look = look_of(name)
            if name in _LURES or len(look) < _MISSPELT_CHARACTERS_MIN - 1:
                continue
            for shorter in (look, *_deletions(look)):
                for brand in self._by_deletion.get(shorter, ()):
                    key = look_of(brand.key)
                    edits_max = 2 if min(len(key), len(look)) >= _TWICE_MISSPELT_CHARACTERS_MIN else 1
                    if key[0] == look[0] and _edits(key, look) <= edits_max:
                        return brand, "misspelt"
        return None

    def _by_path(self, link: Link) -> Imitation | None:
        """Find a brand and a luring word in the path: `x.example/paypal/login`."""
        parts = _PATH_PART.findall(link.path, 0, _PATH_CHARACTERS_MAX)
        if self._brands.by_key.keys().isdisjoint(parts):
            return None
        for part in parts:
            brand = self._brands.by_key.get(part)
            if brand is not None and not _is_weak(brand) and any(other in _LURES for other in parts):
                return Imitation(brand.name, "path", link.host)
        return None


def look_of(name: str) -> str:
    """Give what a name looks like: look-alike letters, digits and pairs of letters as one form."""
    look = to_latin(name).translate(_SAME_LOOK)
    for pair, one in _STANDS_FOR:
        look = look.replace(pair, one)
    return look


def _is_mostly_common(key: str) -> bool:
    """Tell whether a name is so short beside a word that many share that one letter makes another's (`nbbank`)."""
    return any(
        len(key.removesuffix(part).removeprefix(part)) < KEY_CHARACTERS_MIN
        for part in _SHARED
        if key.endswith(part) or key.startswith(part)
    )


_SHARED: Final = ("bank", "post", "cloud", "tele", "mobile")


def _is_weak(brand: Brand) -> bool:
    return brand.is_word or len(brand.key) < KEY_CHARACTERS_MIN


def _unicode(label: str) -> str:
    """Give a label's letters, from Punycode if it is so written."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label


def _deletions(name: str) -> Iterator[str]:
    return (name[:at] + name[at + 1 :] for at in range(min(len(name), 40)))


def _edits(first: str, second: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        above, row, before_above = row, [i], before
        for j, b in enumerate(second, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, before_above[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
