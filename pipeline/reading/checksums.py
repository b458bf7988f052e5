"""Check digits of identity, card and account numbers, each written from its public definition.

Inputs are text of ASCII digits (and capital letters where the number has some) without spaces; the caller has checked
the length. Results are whether the check digits fit, which a random number does too in the share given.
"""

import hashlib
from collections.abc import Sequence
from typing import Final


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B; 10 % of random numbers."""
    total = sum(map(int, digits[-1::-2])) + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return total % 10 == 0


_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def mod_97(text: str) -> bool:
    """ISO 7064 MOD 97-10 as IBANs use it (ISO 13616): the first four characters move to the end; 1 %."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


_TIMES: Final = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678")
_TIMES_FLIPPED: Final = ("5987604321", "6598710432", "7659821043", "8765932104", "9876543210")
_D5: Final = tuple(tuple(map(int, row)) for row in (*_TIMES, *_TIMES_FLIPPED))
_FIRST: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _permutations() -> tuple[tuple[int, ...], ...]:
    rows = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(_FIRST[value] for value in rows[-1]))
    return tuple(rows)


_PERMUTED: Final = _permutations()


def verhoeff(digits: str) -> bool:
    """Verhoeff (1969), used by Aadhaar; 10 %."""
    check = 0
    for at, digit in enumerate(reversed(digits)):
        check = _D5[check][_PERMUTED[at % 8][int(digit)]]
    return check == 0


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Sum digits times weights; the shorter one ends the sum."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def cpf(digits: str) -> bool:
    """Brazil, Receita Federal: two check digits modulo 11; equal digits are none; 1 %."""
    if len(set(digits)) == 1:
        return False
    first = weighted(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    return digits[9:] == f"{first}{second}"


def aba(digits: str) -> bool:
    """Routing number, American Bankers Association: weights 3, 7, 1; 10 %."""
    return digits != "0" * 9 and weighted(digits, (3, 7, 1) * 3) % 10 == 0


def bsn(digits: str) -> bool:
    """Netherlands, Burgerservicenummer: the eleven test; 9 %."""
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def pesel(digits: str) -> bool:
    """Poland, PESEL; 10 %."""
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def tckn(digits: str) -> bool:
    """Turkey, T.C. Kimlik No: two check digits; 1 %."""
    values = [int(digit) for digit in digits]
    tenth = (sum(values[0:9:2]) * 7 - sum(values[1:8:2])) % 10
    return values[0] != 0 and values[9] == tenth and values[10] == sum(values[:10]) % 10


def steuer_id(digits: str) -> bool:
    """Germany, Steuer-Identifikationsnummer: ISO 7064 MOD 11,10, one digit two or three times in the first ten; 3 %."""
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if digits[0] == "0" or counts[-1] not in (2, 3) or counts[-2] > 1:
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def rrn(digits: str) -> bool:
    """South Korea, Resident Registration Number of before October 2020; 9 %."""
    return (11 - weighted(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 == int(digits[12])


def ric(text: str) -> bool:
    """China, Resident Identity Card, GB 11643: ISO 7064 MOD 11-2; 9 % of those with a date."""
    return "10X98765432"[weighted(text[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11] == text[17]


def nir(text: str) -> bool:
    """France, Numéro d'inscription au répertoire: key modulo 97, Corsica as 19 and 18; 1 %."""
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(text[13:])


def dni(text: str) -> bool:
    """Spain, DNI and NIE: a letter for the number modulo 23; 4 %."""
    number = text[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def codice_fiscale(text: str) -> bool:
    """Italy, codice fiscale: a letter from all characters (decree of 1976-12-23); 4 %."""
    values = [int(character, 36) - 10 if character.isalpha() else int(character) for character in text[:15]]
    return chr(ord("A") + (sum(_ODD[v] for v in values[0::2]) + sum(values[1::2])) % 26) == text[15]


_CURP: Final = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def curp(text: str) -> bool:
    """Mexico, CURP: the last digit from all characters (RENAPO); 10 % of those of its shape."""
    total = sum(_CURP.index(character) * (18 - at) for at, character in enumerate(text[:17]))
    return str(-total % 10) == text[17]


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_BYTES: Final = 25


def base58check(text: str, versions: bytes) -> bool:
    """Bitcoin and Tron addresses: 25 bytes, the last four a double SHA-256; none at random."""
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    if number >> 8 * _BASE58_BYTES:
        return False
    raw = number.to_bytes(_BASE58_BYTES, "big")
    digest = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()
    return raw[0] in versions and digest[:4] == raw[-4:]


_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CHECKS: Final = (1, 0x2BC830A3)


def bech32(text: str) -> bool:
    """Bitcoin addresses of BIP 173 and 350, in small letters; none at random."""
    prefix, _, data = text.rpartition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.find(c) for c in data]
    if min(values) < 0:
        return False
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check in _BECH32_CHECKS
