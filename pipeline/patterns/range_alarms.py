"""What a workspace's messages to a thousand numbers may be: a walk through them, or codes that nobody waits for.

A partition counts a range from its first number on that goes on from others, or from its tenth message of a day
(`watch.RANGE_SIGHTS`), so numbers here are of those after it.
Codes on a salary day and reminders to one town come to many numbers of a range too, but in no order, and they arrive.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import windows
from pipeline.patterns.windows import Bucket, Window

HOUR_SECONDS: Final = 3_600
MOSTLY: Final = 0.5
SURE_FACTOR: Final = 4
"""So many times the number of unverified codes is no chance any more."""


def of_range(subject: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Give the alarms of a workspace's range, from the hour that ends now."""
    window = windows.window(buckets, HOUR_SECONDS, now)
    if window.recipients < min(thresholds.enumeration_recipients, thresholds.pumping_recipients):
        return ()
    return (*_enumeration(subject, window, thresholds), *_pumping(subject, window, thresholds))


def _enumeration(subject: str, window: Window, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Raise it for numbers of which little is known: in order or failing, or for very many of them.

    Codes go to whoever is said to have asked for one, so they count as unasked.
    """
    recipients = window.recipients
    unasked = min(window.messages, window.unknown_consents + window.codes)
    if recipients < thresholds.enumeration_recipients or window.share(unasked) < MOSTLY:
        return ()
    signs = {
        "sequence": window.share(window.sequential) >= thresholds.sequential_share,
        "failures": window.share(window.failures) >= MOSTLY,
    }
    held = tuple(name for name, holds in signs.items() if holds)
    if not held and recipients < thresholds.enumeration_dense:
        return ()
    counts = {
        "messages": window.messages,
        "recipients": recipients,
        "sequential": window.sequential,
        "failures": window.failures,
    }
    return (Alarm(subject, "enumeration", Level.BULK if held else Level.GROWING, counts, held),)


def _pumping(subject: str, window: Window, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Raise it for codes to another country that nobody is known to have used."""
    if (
        window.recipients < thresholds.pumping_recipients
        or window.codes < thresholds.pumping_codes
        or window.share(window.abroad) < MOSTLY
        or window.verified >= thresholds.verified_share * window.codes
    ):
        return ()
    is_sure = window.codes >= SURE_FACTOR * thresholds.pumping_codes
    counts = {"codes": window.codes, "recipients": window.recipients, "verified": window.verified}
    return (Alarm(subject, "pumping", Level.BULK if is_sure else Level.GROWING, counts, ("abroad", "unverified")),)
