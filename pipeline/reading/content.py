"""What a message's content says: the value that rules look at."""

from msgspec import Struct

from pipeline.domain.events import Content
from pipeline.reading.confirmations import TEXT_CHARACTERS_MAX, asks_about_opt_out, confirms_opt_out
from pipeline.reading.distinct_text import DistinctText
from pipeline.reading.fingerprint import Fingerprint
from pipeline.reading.language import language_of
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.links import Link, without_links
from pipeline.reading.lookalikes import Imitation
from pipeline.reading.normalise import LINK_PLACEHOLDER, normalise
from pipeline.reading.sensitive import Sensitive


class Reading(Struct, frozen=True, gc=False):
    """A content once read by a `Reader`. Rules look at what was found, and leave the text alone.

    Only `text` and what is worked out from it stand in a reading that `read_content` made.
    """

    text: str
    """The text of the message, as sent; for a template without its text, what it is filled with."""
    links: tuple[Link, ...] = ()
    imitations: tuple[Imitation, ...] = ()
    """Links that look as if a brand's, whoever sends them."""
    brands: frozenset[str] = frozenset()
    """Protected brands that the text names."""
    sensitive: tuple[Sensitive, ...] = ()
    hits: tuple[Pattern, ...] = ()
    """Patterns of the lexicons, without those that give features, in the order of the lexicons."""
    features: frozenset[str] = frozenset()
    """`link`, `phone`, and those that lexicons give: `urgency`, `money`, ..."""
    distinct: DistinctText = DistinctText("")
    """What this text shares with others of the same wording."""
    is_whole: bool = True
    """Whether it could be read to its end. Rules that would allow for what was not found must not, if it could not."""
    lexicons_hash: str = ""

    @property
    def normalised(self) -> str:
        """The text in the form that patterns are matched on, long numbers apart; worked out when asked."""
        return normalise(without_links(self.text, self.links))

    @property
    def language(self) -> str:
        """The language, ISO 639-1, `und` when unsure; worked out when asked."""
        return language_of(without_links(self.text, self.links).replace(LINK_PLACEHOLDER, " "))

    @property
    def fingerprint(self) -> Fingerprint:
        """What makes texts of one campaign alike."""
        return self.distinct.fingerprint

    @property
    def fraud_score(self) -> float:
        """How much the wording is like fraud's, from 0 to 1, as the reader's model says when asked; 0 without one.

        One sign more, never enough to block: docs/model-card.md says what the packaged model misses.
        """
        return self.distinct.fraud_score

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
    """Read the text of a content and nothing of what it says, for what asks about the text alone.

    Without a text (a bare template, a medium) the reading is empty. Workers read with `reader.Reader`.
    """
    return Reading(content.text or "")


__all__ = ["TEXT_CHARACTERS_MAX", "Reading", "read_content"]
