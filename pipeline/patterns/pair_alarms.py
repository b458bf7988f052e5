"""What one sender's messages to one recipient may be: codes that somebody else asks for, or two machines that talk.

A pair is counted from its fifth message of a day on (`watch.PAIR_SIGHTS`), so numbers here are of those after it.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import windows
from pipeline.patterns.windows import Bucket

MINUTE_SECONDS: Final = 60
TEN_MINUTES_SECONDS: Final = 600
SURE_FACTOR: Final = 2
TEN_MINUTES_FACTOR: Final = 5
"""Half the rate of a minute, kept up for ten: a person who types fast tires."""
ANSWERED_SHARE: Final = 0.8
"""A machine answers nearly everything."""


def of_pair(subject: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Give the alarms of a sender and a recipient, from the ten minutes that end now."""
    window = windows.window(buckets, TEN_MINUTES_SECONDS, now)
    alarms: tuple[Alarm, ...] = ()
    if window.codes >= thresholds.flood_codes:
        level = Level.BULK if window.codes >= SURE_FACTOR * thresholds.flood_codes else Level.GROWING
        alarms = (Alarm(subject, "code_flood", level, {"codes": window.codes}),)
    if window.messages < thresholds.loop_messages or not window.replies:
        return alarms
    for seconds, factor in ((MINUTE_SECONDS, 1), (TEN_MINUTES_SECONDS, TEN_MINUTES_FACTOR)):
        both = window if seconds == TEN_MINUTES_SECONDS else windows.window(buckets, seconds, now)
        is_loop = both.messages >= factor * thresholds.loop_messages
        if is_loop and both.replies >= ANSWERED_SHARE * both.messages:
            counts = {"messages": both.messages, "replies": both.replies, "seconds": seconds}
            return (*alarms, Alarm(subject, "loop", Level.BULK, counts))
    return alarms
