"""The texts of the demo: real messages from public corpora (`messages.jsonl`; sources and licences in `NOTICE.md`)."""

import re
from importlib import resources

import msgspec
from msgspec import Struct

_CODE = re.compile(r"\botp\b|\bcode\b|password|verification|รหัส", re.IGNORECASE)
_OFFER = re.compile(
    r"%|\bfree\b|\boffers?\b|\bsale\b|\bdiscount|\bsave\b|\bwin\b|ฟรี|โปร|ลด|แจก|แลก|สิทธิ|พิเศษ", re.IGNORECASE
)


class Text(Struct, frozen=True):
    """One text; `label` is its corpus's word for it: `ham`, `spam`, `smishing`, or `abuse` for one of the two."""

    id: str
    corpus: str
    lang: str
    label: str
    text: str

    @property
    def is_wanted(self) -> bool:
        """Whether its corpus calls it wanted, and neither spam nor fraud."""
        return self.label == "ham"

    @property
    def purpose(self) -> str:
        """What a sender would state as its purpose. A guess by words, made here; the corpora do not say."""
        if not self.is_wanted or _OFFER.search(self.text):
            return "marketing"
        return "authentication" if _CODE.search(self.text) else "utility"


def read_texts() -> tuple[Text, ...]:
    """Read the packaged texts, in the order of the file."""
    lines = resources.files("pipeline.demo").joinpath("messages.jsonl").read_bytes().splitlines()
    return tuple(msgspec.json.decode(line, type=Text) for line in lines)
