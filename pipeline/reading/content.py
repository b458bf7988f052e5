"""What a message's content says, as far as the rules of consent and opt-out need it."""

from msgspec import Struct

from pipeline.domain.events import Content
from pipeline.reading.confirmations import TEXT_CHARACTERS_MAX, asks_about_opt_out, confirms_opt_out


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
        return confirms_opt_out(self.text)

    @property
    def asks_about_opt_out(self) -> bool:
        """Whether the text asks if the recipient wants to stop, and holds no marketing. Worked out when asked."""
        return asks_about_opt_out(self.text)


def read_content(content: Content) -> Reading:
    """Read a content. Without a text (a bare template, a medium) the reading is empty."""
    return Reading(content.text or "")


__all__ = ["TEXT_CHARACTERS_MAX", "Reading", "read_content"]
