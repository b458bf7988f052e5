"""Sensitive numbers and secrets: kind and place, never the value."""

import pytest

from pipeline.reading import checksums
from pipeline.reading.normalise import normalise
from pipeline.reading.sensitive import Sensitive, find_sensitive, keyed_hash

KEY = b"a key of tests, 16+"


def found_in(text: str) -> list[tuple[str, str]]:
    """List kind and written form of what is found."""
    normalised = normalise(text)
    found = find_sensitive(text, normalised, normalised.split())
    return [(each.kind, text[each.begin : each.end]) for each in found]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Your card 4111 1111 1111 1111 exp 04/29 cvv 123", "card", "4111 1111 1111 1111"),
        ("card 4111111111111111", "card", "4111111111111111"),
        ("5555-5555-5555-4444", "card", "5555-5555-5555-4444"),
        ("3782 822463 10005", "card", "3782 822463 10005"),
        ("IBAN GB29 NWBK 6016 1331 9268 19 PLEASE", "iban", "GB29 NWBK 6016 1331 9268 19"),
        ("to DE89370400440532013000.", "iban", "DE89370400440532013000"),
        ("SSN 536-90-4399", "us_ssn", "536-90-4399"),
        ("your social: 536904399", "us_ssn", "536904399"),
        ("routing 021000021", "us_routing", "021000021"),
        ("Aadhaar 2341 2341 2346", "in_aadhaar", "2341 2341 2346"),
        ("PAN ABCPE1234F", "in_pan", "ABCPE1234F"),
        ("111.444.777-35", "br_cpf", "111.444.777-35"),
        ("CPF 11144477735", "br_cpf", "11144477735"),
        ("NI AB123456C", "uk_nino", "AB123456C"),
        ("HEGG560427MVZRRL04", "mx_curp", "HEGG560427MVZRRL04"),
        ("DNI 12345678Z", "es_dni", "12345678Z"),
        ("X1234567L", "es_dni", "X1234567L"),
        ("1 85 05 78 006 084 91", "fr_nir", "1 85 05 78 006 084 91"),
        ("185052A00608435", "fr_nir", "185052A00608435"),
        ("RSSMRA85T10A562S", "it_codice_fiscale", "RSSMRA85T10A562S"),
        ("Steuer-ID 86095742719", "de_steuer_id", "86095742719"),
        ("BSN 111222333", "nl_bsn", "111222333"),
        ("PESEL 44051401359", "pl_pesel", "44051401359"),
        ("TC kimlik 10000000146", "tr_tckn", "10000000146"),
        ("ID 8001015009087", "za_id", "8001015009087"),
        ("900101-1234568", "kr_rrn", "900101-1234568"),
        ("身份证11010519491231002X", "cn_ric", "11010519491231002X"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "crypto_wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "crypto_wallet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("to 0x" + "ab1" * 13 + "c", "crypto_wallet", "0x" + "ab1" * 13 + "c"),
        ("AKIAIOSFODNN7EXAMPLE", "api_key", "AKIAIOSFODNN7EXAMPLE"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE1", "private_key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "json_web_token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"),
        ("Your password is hunter2!", "password", "hunter2!"),
        ("Senha: abc@123", "password", "abc@123"),
        ("٤١١١١١١١١١١١١١١١ card", "card", "٤١١١١١١١١١١١١١١١"),
    ],
)
def test_finds_each_kind(text: str, kind: str, value: str) -> None:
    """With its separators, in its place."""
    assert found_in(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Paid with card ending 1111.",
        "card **** **** **** 1111",
        "card 4111 1111 1111 1112",
        "order 4111111111111111",
        "card 0000000000000000",
        "DE89370400440532013001",
        "order 536-90-4399",
        "SSN 000-12-3456",
        "SSN 666-12-3456",
        "SSN 900-12-3456",
        "SSN 536-00-4399",
        "SSN 536-90-0000",
        "SSN 078-05-1120",
        "ref 11144477735",
        "CPF 111.111.111-11",
        "GB123456A",
        "order 12345678Z",
        "Your code is 123456",
        "tracking 1Z999AA10123456784",
        "call +44 7700 900123",
        "password is reset",
        "Password is 557617.",
        "your password: see the letter",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "https://a.example/averylongpathofaveryordinarylink",
    ],
)
def test_lets_others_be(text: str) -> None:
    """Wrong check digits, masked numbers, impossible numbers, and numbers that nobody calls so."""
    assert found_in(text) == []


def test_the_hash_tells_the_same_value_again() -> None:
    """Whatever the separators; another value, kind or key gives another hash, and none shows the value."""
    first, second = "4111 1111 1111 1111", "4111-1111-1111-1111 "
    hashed = keyed_hash(first, Sensitive("card", 0, 19), KEY)
    assert keyed_hash(second, Sensitive("card", 0, 19), KEY) == hashed
    assert keyed_hash("5555 5555 5555 4444", Sensitive("card", 0, 19), KEY) != hashed
    assert keyed_hash(first, Sensitive("iban", 0, 19), KEY) != hashed
    assert keyed_hash(first, Sensitive("card", 0, 19), KEY + b"x") != hashed
    assert "1111" not in hashed[:4]
    assert len(hashed) == 32


def test_what_is_found_holds_no_value() -> None:
    """It can be put into evidence as it is."""
    text = "card 4111111111111111"
    (found,) = find_sensitive(text, normalise(text), normalise(text).split())
    assert "4111" not in repr(found)


def test_verhoeff_notices_every_single_wrong_digit() -> None:
    """That is what the scheme was made for."""
    plain = "234123412346"
    wrong = [plain[:at] + digit + plain[at + 1 :] for at in range(12) for digit in "0123456789" if digit != plain[at]]
    assert checksums.verhoeff(plain)
    assert not any(map(checksums.verhoeff, wrong))


def test_luhn_notices_every_single_wrong_digit() -> None:
    """A card number with one digit changed is none."""
    plain = "4111111111111111"
    wrong = [plain[:at] + digit + plain[at + 1 :] for at in range(16) for digit in "0123456789" if digit != plain[at]]
    assert checksums.luhn(plain)
    assert not any(map(checksums.luhn, wrong))
