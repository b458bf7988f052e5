"""What a reply means: a wish to stop, to go on, to get help, or something else; of what, and how sure that is.

A text is read in three steps, each only if the one before has found nothing: the whole message is a keyword
(`keywords.csv`); the words, mended where they are typed wrongly, build a clause that a pattern of one of its likely
languages knows (`free_wording`); else it is something else.
"""

import functools
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from pipeline.replies.keywords import Intent, keyword_in

SURE: Final = 0.7
"""From here on a reply is taken at its word; the policy may say otherwise."""

UNSURE: Final = 0.5
"""From here on a reply is a request that is asked about; below it is none."""


class Meaning(Struct, frozen=True, gc=False):
    """What a reply means. `matched` names the keyword or pattern, never the person's words."""

    intent: Intent
    confidence: float
    matched: str = ""
    channel: str = "*"
    purpose: str = "*"


NOTHING: Final = Meaning("other", 0.9)
"""Neither a keyword nor a pattern was found."""


def meaning_of(text: str) -> Meaning:
    """Say what a reply means.

    :param text: the reply as received, of any length
    """
    keyword = keyword_in(text)
    if keyword is not None:
        return Meaning(keyword.intent, keyword.confidence, f"keyword.{keyword.language}")
    return _free_wording()(text)


@functools.cache
def _free_wording() -> Callable[[str], Meaning]:
    """Load the languages when the first reply in words of its own comes: 0.2 s that no restart has to wait for."""
    from pipeline.replies.free_wording import meaning_in  # noqa: PLC0415 - see above

    return meaning_in
