"""Letters that look like letters of another script, and words that mix scripts to hide what they say.

Source: Unicode Technical Standard 39 (confusables), reduced by hand (2026-11-24) to the letters of Cyrillic, Greek,
Armenian and Cherokee that stand for Latin ones in real messages, and to Latin small capitals. Upper and lower case
stand apart, because they may look like different letters (Η is H, η is n).
"""

import re
from typing import Final

_PAIRS: Final = (
    "аa вb сc ԁd еe ғf ԍg һh іi їi јj кk ӏl мm пn оo рp ԛq гr ѕs тt ѵv цu ԝw хx уy ьb ѐe ёe ћh џu ӧo ӓa ҽe ҫc қk "
    "ңh үy ұy АA ВB СC ЕE ҒF ԌG НH ІI ЇI ЈJ КK ӀI МM ОO РP ԚQ ЅS ТT ѴV ԜW ХX УY ЬB ЀE ЁE ӦO ӒA ҪC ҚK ҢH ҮY ҰY αa "
    "βb ϲc δd εe ηn ιi ϳj κk μu νv οo πn ρp σo τt υu χx ωw γy άa έe ίi όo ύu ώw ϋu ϊi ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN "
    "ΟO ΡP ΤT ΥY ΧX ΆA ΈE ΉH ΊI ΌO ΎY օo սu հh ոn ցg ԛq ՏS ԼL ՕO ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT "
    "ᏙV ᎳW ᎩY ᏃZ"
)
LATIN_FOR: Final = {pair[0]: pair[1] for pair in _PAIRS.split()}
"""A letter of another script to the Latin letter that it looks like."""
CYRILLIC_FOR: Final = {
    latin: other
    for other, latin in reversed(LATIN_FOR.items())
    if "\u0400" <= other <= "\u04ff" and latin not in "ufgh"
}
"""A Latin letter to the Cyrillic letter that it looks like."""
SMALL_CAPITALS: Final = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢɑɡɩɴꓐꓚꓓꓰꓝꓖꓧꓡꓟꓠꓳꓑꓢꓔꓴꓦꓪꓫꓬꓜ",
        "abcdefghijklmnopqrstuvwyzaginbcdefghlmnopstuvwxyz",
        strict=True,
    )
)
"""Latin letters by name or use that no language writes by themselves; they look like others in any word."""

_OTHER: Final = re.compile("[\u0370-\u058f\u13a0-\u13ff\u1f00-\u1fff]")
_LATIN: Final = re.compile("[A-Za-z]")
_TO_LATIN: Final = {ord(other): latin for other, latin in LATIN_FOR.items()}
_TO_CYRILLIC: Final = {ord(latin): other for latin, other in CYRILLIC_FOR.items()}
_TOKEN: Final = re.compile(r"[^\W_]+")
_SHARE_OF_LATIN_MIN: Final = 2
"""A text is a Latin one when it has this many times more Latin letters than others: then a short word wholly of
look-alikes is one in disguise."""


def is_latin_with_others(text: str) -> bool:
    """Tell whether a text is Latin for the most part, with some letters of scripts that have look-alikes."""
    if _OTHER.search(text) is None:
        return False
    return len(_LATIN.findall(text)) >= _SHARE_OF_LATIN_MIN * len(_OTHER.findall(text))


def unmix(text: str, *, among_latin: bool) -> str:
    """Write words that mix scripts in one: in Latin letters if all look like such, else in Cyrillic ones.

    Words of one script stay as they are, unless all around them is Latin and every letter looks like a Latin one.
    Length and positions do not change.
    """
    if _OTHER.search(text) is None:
        return text
    return _TOKEN.sub(lambda match: _unmix_word(match[0], is_latin=among_latin), text)


def to_latin(word: str) -> str:
    """Write every letter that looks like a Latin one as that; the skeleton of a name."""
    return word.translate(_TO_LATIN)


def _unmix_word(word: str, *, is_latin: bool) -> str:
    if _OTHER.search(word) is None or not (is_latin or _LATIN.search(word) is not None):
        return word
    latin = word.translate(_TO_LATIN)
    if _OTHER.search(latin) is None:
        return latin
    if _LATIN.search(word) is None:
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    return cyrillic if _LATIN.search(cyrillic) is None else latin
