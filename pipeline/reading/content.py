"""What a message's content says, as far as the rules of consent and opt-out need it."""

import re
import unicodedata

from msgspec import Struct

from pipeline.domain.events import Content

TEXT_CHARACTERS_MAX = 4_096
"""How long a text may be to be read: WhatsApp's limit. NFKC can lengthen a text 18 times, so it is asked again then."""

_CONFIRMATION = re.compile(
    r"\b(unsubscribed|opted out|opt-out (is )?confirmed|no (more|further) (messages|texts)"
    r"|(will not|won't) (receive|get) (any )?(more|further)|ya no recibir|dado de baja|ne recevrez plus|désinscri"
    r"|keine (weiteren )?nachrichten|abgemeldet|não receber|cancelad[oa] com sucesso)",
)
_MARKETING = re.compile(
    r"https?://|www\.|%|\b(sale|offers?|deals?|discount|coupon|promo|free|buy|shop now|oferta|rabatt|promotion)\b"
)


class Reading(Struct, frozen=True, gc=False):
    """A content once read. Further findings on links, patterns and languages will stand here too."""

    text: str
    """The text of the message, as sent."""

    @property
    def confirms_opt_out(self) -> bool:
        """Whether the text reads as the confirmation of an opt-out, and holds no marketing.

        Asked only for a recipient who just opted out, so it is worked out when asked. A text that is too long to be
        read to its end confirms nothing: marketing could stand in the rest.
        """
        if len(self.text) > TEXT_CHARACTERS_MAX:
            return False
        text = unicodedata.normalize("NFKC", self.text).casefold().replace("\u2019", "'")
        if len(text) > TEXT_CHARACTERS_MAX:
            return False
        return _CONFIRMATION.search(text) is not None and _MARKETING.search(text) is None


def read_content(content: Content) -> Reading:
    """Read a content. Without a text (a bare template, a medium) the reading is empty."""
    return Reading(content.text or "")
