"""Numbers and secrets in a text that should not travel by message: their kind and place, never the value.

Kinds: `card`, `iban`, `us_ssn`, `us_routing`, `in_aadhaar`, `in_pan`, `br_cpf`, `uk_nino`, `mx_curp`, `es_dni`,
`fr_nir`, `it_codice_fiscale`, `de_steuer_id`, `nl_bsn`, `pl_pesel`, `tr_tckn`, `za_id`, `kr_rrn`, `cn_ric`,
`crypto_wallet`, `api_key`, `json_web_token`, `private_key`, `password`.

A number counts when its check digits fit and, where a random number passes those too often (share in `checksums.py`),
a word beside it says what it is. Masked numbers (`**** 1111`, `ending 1111`) are too short to count.

Source: rules/sensitive.md (2026-11-24); ranges of card issuers are from general knowledge, not confirmed there, so a
card needs check digit, range and either a word or the usual groups. Known gaps: identity numbers in small letters,
South Korean numbers issued since October 2020 (their last digits are drawn by lot), Ethereum's mixed-case checksum.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from pipeline.reading import checksums as check
from pipeline.reading.iban_lengths import IBAN_LENGTHS
from pipeline.reading.normalise import is_unspaced


class Sensitive(Struct, frozen=True, gc=False):
    """One sensitive value: what it is, and where it stands in the text."""

    kind: str
    begin: int
    end: int
    hash: str = ""
    """From `keyed_hash`, if the reader has a key."""


def find_sensitive(text: str, normalised: str, words: Sequence[str]) -> tuple[Sensitive, ...]:
    """List the sensitive values of a text in their order, without overlaps.

    :param text: as sent, best with placeholders for links, whose parts may look like anything
    :param normalised: the same text, normalised; words beside a number are looked for in it
    :param words: the words of the normalised text
    """
    if not text.isascii() and _FOREIGN_DIGIT.search(text) is not None:
        text = _FOREIGN_DIGIT.sub(_ascii_digit, text)
    found: list[Sensitive] = []
    if _DIGIT.search(text) is not None:
        found += _numbers(text, normalised, words)
        found += _letters_and_digits(text, normalised, words)
        if _may_hold_key(text):
            found += _secrets(text)
    if _may_tell_password(normalised):
        found += [Sensitive("password", *match.span(1)) for match in _PASSWORD.finditer(text)]
    return _without_overlaps(found) if found else ()


def has_shape_of_value(text: str) -> bool:
    """Tell whether a text has the shape of a number that is looked for, whatever its digits; passwords apart."""
    if not text.isascii() and _FOREIGN_DIGIT.search(text) is not None:
        return True
    return any(shape.search(text) is not None for shape in (_DIGITS, _IBAN, _LETTERED, _CAPITAL_AFTER_DIGITS))


VALUE_KEY_BYTES_MIN: Final = 16
"""128 bits: nobody tries them all."""


def keyed_hash(text: str, finding: Sensitive, key: bytes) -> str:
    """Give a value's HMAC-SHA-256 (32 hexadecimal digits), so that the same value can be told again without keeping it.

    Spaces and other separators do not count. Who knows the key can try all numbers of a kind: keep it apart.

    :param key: at least 16 bytes, from the settings
    """
    value = "".join(c for c in _FOREIGN_DIGIT.sub(_ascii_digit, text[finding.begin : finding.end]) if c.isalnum())
    return hmac.new(key, f"{finding.kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def _without_overlaps(found: list[Sensitive]) -> tuple[Sensitive, ...]:
    kept: list[Sensitive] = []
    for each in sorted(found, key=lambda s: (s.begin, -s.end)):
        if not kept or each.begin >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


# --- numbers ----------------------------------------------------------------------------------------------------------

_DIGIT: Final = re.compile("[0-9]")
"""Every value that is looked for has one, passwords apart."""
_FOREIGN_DIGIT: Final = re.compile(r"(?=[^\x00-\x7f])\d")
_DIGITS: Final = re.compile(
    r"[0-9](?<![A-Za-z0-9][0-9])(?:[ .-]?[0-9]){8,18}(?:[ -]?[Xx](?![A-Za-z0-9]))?(?![A-Za-z0-9])"
)
"""9 to 19 digits with at most one separator between two, and the X of Chinese numbers."""


def _ascii_digit(match: re.Match[str]) -> str:
    return str(int(match[0]))


def _numbers(text: str, normalised: str, words: Sequence[str]) -> Iterator[Sensitive]:
    said: frozenset[str] = _NOT_ASKED
    for match in _DIGITS.finditer(text):
        if said is _NOT_ASKED:
            said = _kinds_said(normalised, words)
        written = match[0]
        digits = "".join([character for character in written if character.isalnum()]).upper()
        kind = _kind_of(digits, written, said)
        if kind is not None:
            yield Sensitive(kind, *match.span())


_NOT_ASKED: Final = frozenset(("",))
_NONE: Final[frozenset[str]] = frozenset()


def _kind_of(digits: str, written: str, said: frozenset[str]) -> str | None:
    for kind, is_one, needs_word in _BY_LENGTH.get(len(digits), ()):
        if (kind in said or not needs_word) and (digits[-1] != "X" or kind == "cn_ric") and is_one(digits, written):
            return kind
    if _CARD_DIGITS_MIN <= len(digits) <= _CARD_DIGITS_MAX and _is_card(digits):
        is_grouped = _CARD_GROUPS.fullmatch(written) is not None
        if is_grouped or "card" in said:
            return "card"
    return None


_CARD_DIGITS_MIN, _CARD_DIGITS_MAX = 13, 19
_CARD_GROUPS: Final = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}", re.ASCII)
_CARD_RANGE: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|62\d{14,17}"  # UnionPay
    r"|220[0-4]\d{12}"  # Mir
    r"|(?:508\d|60\d\d|8[12]\d\d)\d{12}"  # RuPay
    r"|9792\d{12}",  # Troy
    re.ASCII,
)


def _is_card(digits: str) -> bool:
    return _CARD_RANGE.fullmatch(digits) is not None and len(set(digits)) > 1 and check.luhn(digits)


def _is_ssn(digits: str, written: str) -> bool:
    """Tell a US social security number: never 000, 666 or 9xx, 00, 0000, nor the one that was printed on wallets."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    is_possible = area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
    return is_possible and digits != "078051120" and _SSN_WRITTEN.fullmatch(written) is not None


_SSN_WRITTEN: Final = re.compile(r"\d{3}([ -])\d\d\1\d{4}|\d{9}", re.ASCII)


def _has_date(digits: str) -> bool:
    """Tell whether six digits can be a date of birth (year, month, day)."""
    return "01" <= digits[2:4] <= "12" and "01" <= digits[4:6] <= "31"


_NUMBER_KINDS: Final[tuple[tuple[str, int, Callable[[str, str], bool], bool], ...]] = (
    # kind, digits, check, whether a word must say so
    ("us_ssn", 9, _is_ssn, True),
    ("us_routing", 9, lambda digits, _: check.aba(digits), True),
    ("nl_bsn", 9, lambda digits, _: check.bsn(digits), True),
    ("in_aadhaar", 12, lambda digits, _: digits[0] not in "01" and check.verhoeff(digits), True),
    ("br_cpf", 11, lambda digits, written: "." in written and "-" in written and check.cpf(digits), False),
    ("br_cpf", 11, lambda digits, _: check.cpf(digits), True),
    ("pl_pesel", 11, lambda digits, _: check.pesel(digits), True),
    ("tr_tckn", 11, lambda digits, _: check.tckn(digits), True),
    ("de_steuer_id", 11, lambda digits, _: check.steuer_id(digits), True),
    ("za_id", 13, lambda digits, _: _has_date(digits) and digits[10] in "01" and check.luhn(digits), True),
    (
        "kr_rrn",
        13,
        lambda d, written: written[6:7] == "-" and d[6] in "12345678" and _has_date(d) and check.rrn(d),
        False,
    ),
    ("cn_ric", 18, lambda text, _: text[6:8] in ("19", "20") and _has_date(text[8:14]) and check.ric(text), False),
    ("fr_nir", 15, lambda digits, _: digits[0] in "12" and check.nir(digits), False),
)
_BY_LENGTH: Final = {
    length: tuple((kind, is_one, needs) for kind, digits, is_one, needs in _NUMBER_KINDS if digits == length)
    for length in range(9, 20)
}
_WORDS: Final = {
    "card": "card cards cvv cvc expiry exp valid visa mastercard amex karte kreditkarte carte tarjeta cartao carta "
    "kart karta карта карты بطاقه カード 卡号 信用卡 银行卡 카드",
    "us_ssn": "ssn social",
    "us_routing": "routing aba wire ach account",
    "nl_bsn": "bsn burgerservicenummer sofinummer",
    "in_aadhaar": "aadhaar aadhar adhar uidai uid आधार",
    "br_cpf": "cpf",
    "pl_pesel": "pesel",
    "tr_tckn": "tc tckn kimlik",
    "de_steuer_id": "steuer steuerid idnr steueridentifikationsnummer identifikationsnummer",
    "za_id": "id identity rsa",
    "es_dni": "dni nie nif documento",
}
"""What the kinds are called beside a number, as in normalised text."""
_KINDS_OF_WORD: Final = {
    word: frozenset(kind for kind, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_UNSPACED_WORDS: Final = tuple(
    word for word in _KINDS_OF_WORD if is_unspaced(word[0]) or "\uac00" <= word[0] <= "\ud7a3"
)
"""Words of scripts in which others touch them (Korean has particles)."""


def _kinds_said(normalised: str, words: Sequence[str]) -> frozenset[str]:
    """Tell which kinds of number a text names."""
    is_plain = normalised.isascii()
    if is_plain and _KINDS_OF_WORD.keys().isdisjoint(words):
        return _NONE
    said = [word for word in words if word in _KINDS_OF_WORD]
    if not is_plain:
        said += [word for word in _UNSPACED_WORDS if word in normalised]
    return _NONE.union(*(_KINDS_OF_WORD[word] for word in said))


# --- letters and digits -----------------------------------------------------------------------------------------------

_IBAN: Final = re.compile(r"[A-Z](?<![A-Za-z0-9].)[A-Z][0-9]{2}(?: ?[A-Z0-9]){11,30}(?![a-z0-9])", re.ASCII)
_CAPITAL_AT_END: Final = re.compile(r"[0-9](?:[ -]?[A-Z](?![A-Za-z0-9])|[HMX][A-Z]{5}|[AB][0-9]{6})", re.ASCII)
"""What all kinds below have at their end or (Mexico, Corsica) in their middle: asked first, for few texts have it."""
_LETTERED: Final = re.compile(
    r"[A-Z](?<![A-Za-z0-9].)(?:"
    r"(?P<uk_nino>(?<=[A-CEGHJ-PR-TW-Z])[A-CEGHJ-NPR-TW-Z](?<!BG|GB|NK|KN|TN|NT|ZZ) ?\d\d ?\d\d ?\d\d ?[A-D])"
    r"(?![A-Za-z0-9])"
    r"|(?P<in_pan>[A-Z]{2}[PCHABGJLFT][A-Z]\d{4}[A-Z])(?![A-Za-z0-9])"
    r"|(?P<mx_curp>[A-Z]{3}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d)(?![A-Za-z0-9])"
    r"|(?P<it_codice_fiscale>[A-Z]{5}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])(?![A-Za-z0-9])"
    r"|(?P<es_dni>(?<=[XYZ])\d{7}[- ]?[A-Z])(?![A-Za-z0-9]))",
    re.ASCII,
)
"""A capital at the begin of a word first: Python looks for a set of characters at a few nanoseconds a character."""
_CAPITAL_AFTER_DIGITS: Final = re.compile(
    r"[0-9](?<![A-Za-z0-9].)(?:"
    r"(?P<es_dni>\d{7}[- ]?[A-Z])|(?P<fr_nir> ?\d\d ?\d\d ?2[AB] ?\d{3} ?\d{3} ?\d\d))(?![A-Za-z0-9])",
    re.ASCII,
)
_LETTERED_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "uk_nino": lambda _: True,
    "in_pan": lambda _: True,
    "mx_curp": check.curp,
    "it_codice_fiscale": check.codice_fiscale,
    "es_dni": check.dni,
    "fr_nir": check.nir,
}


def _letters_and_digits(text: str, normalised: str, words: Sequence[str]) -> Iterator[Sensitive]:
    for match in _IBAN.finditer(text):
        length = _iban_length(match[0])
        if length:
            yield Sensitive("iban", match.start(), match.start() + length)
    if _CAPITAL_AT_END.search(text) is None:
        return
    for match in _LETTERED.finditer(text):
        kind = match.lastgroup or ""
        if _LETTERED_CHECKS[kind](_SEPARATOR.sub("", match[0])):
            yield Sensitive(kind, *match.span())
    for match in _CAPITAL_AFTER_DIGITS.finditer(text):
        kind = match.lastgroup or ""
        if _LETTERED_CHECKS[kind](_SEPARATOR.sub("", match[0])) and (
            kind == "fr_nir" or kind in _kinds_said(normalised, words)
        ):
            yield Sensitive(kind, *match.span())


_SEPARATOR: Final = re.compile("[ -]")


def _iban_length(written: str) -> int:
    """Give how many characters as written are the IBAN, 0 if none: words in capitals may follow it."""
    wanted = IBAN_LENGTHS.get(written[:2])
    if wanted is None:
        return 0
    value: list[str] = []
    for at, character in enumerate(written, start=1):
        if character != " ":
            value.append(character)
            if len(value) == wanted:
                is_whole = at == len(written) or written[at] == " "
                return at if is_whole and check.mod_97("".join(value)) else 0
    return 0


# --- secrets ----------------------------------------------------------------------------------------------------------

_SECRET_CHARACTERS_MIN: Final = 20
"""The shortest key."""
_KEY_HEAD: Final = "-----BEGIN"
_ASCII_RUN: Final = re.compile(f"[!-~]{{{_SECRET_CHARACTERS_MIN}}}")


def _may_hold_key(text: str) -> bool:
    if not text.isascii():
        return _ASCII_RUN.search(text) is not None or _KEY_HEAD in text
    return bool([word for word in text.split() if len(word) >= _SECRET_CHARACTERS_MIN]) or _KEY_HEAD in text


_SECRET: Final = re.compile(
    r"(?P<json_web_token>(?<![\w-])eyJ[\w-]{10,2000}+\.eyJ[\w-]{4,4000}+\.[\w-]{0,2000}+)"
    r"|(?P<private_key>-----BEGIN (?:[A-Z]{2,12} )?PRIVATE KEY-----)"
    r"|(?P<api_key>(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,90}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,99}|sk-[A-Za-z0-9_-]{20,200}|xox[abeoprs]-[A-Za-z0-9-]{10,200}"
    r"|AIza[\w-]{35}|SG\.[\w-]{16,32}\.[\w-]{16,64}|glpat-[\w-]{20}|(?:AC|SK)[0-9a-f]{32})(?![A-Za-z0-9]))"
    r"|(?P<eth>(?<![A-Za-z0-9])0x[0-9A-Fa-f]{40}(?![A-Za-z0-9]))"
    r"|(?P<bech>(?<![A-Za-z0-9])bc1[02-9ac-hj-np-z]{11,71}(?![A-Za-z0-9]))"
    r"|(?P<base58>(?<![A-Za-z0-9])[13T][1-9A-HJ-NP-Za-km-z]{25,33}(?![A-Za-z0-9]))",
    re.ASCII,
)
"""Forms of keys as their issuers publish them for scanners (2026-11, from general knowledge)."""
_BITCOIN, _TRON = b"\x00\x05", b"\x41"


def _secrets(text: str) -> Iterator[Sensitive]:
    for match in _SECRET.finditer(text):
        kind = match.lastgroup or ""
        value = match[0]
        if kind == "base58" and not check.base58check(value, _TRON if value[0] == "T" else _BITCOIN):
            continue
        if kind == "bech" and not check.bech32(value):
            continue
        yield Sensitive("crypto_wallet" if kind in ("base58", "bech", "eth") else kind, *match.span())


_PASSWORD_WORDS: Final = ("kennwort", "contrasena", "clave", "senha", "sifre", "парол", "密码", "비밀번호")


def _may_tell_password(normalised: str) -> bool:
    if "pass" in normalised:
        return True
    return any([word in normalised for word in _PASSWORD_WORDS])  # noqa: C419 - a list is quicker


_PASSWORD: Final = re.compile(
    r"(?i:password|passwort|passcode|kennwort|contrase[ñn]a|clave|senha|mot de passe|пароль|şifre|密码|비밀번호)"
    r"\s{0,3}(?:(?i:is|ist|est|es|é)\s{1,3}|[:=：]\s{0,3})"
    r"(?=\S{0,63}[\d!#$%&*+@^_])(?=[\d.]{0,63}[^\d.\s])(\S{4,64})"
)
"""A password that is told, with a digit or sign in it (`password is reset` names none) and not of digits alone, as
codes that are used once are."""
