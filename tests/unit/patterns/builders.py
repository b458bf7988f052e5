"""Rows of messages, as a worker would make them."""

from pipeline.patterns.distinct import add, hash_of
from pipeline.patterns.subjects import range_of
from pipeline.patterns.windows import LEAD, MESSAGE, NO_COUNTS, OTHERS_KEPT, RECIPIENTS_KEPT, Bucket, Row
from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.fingerprint import short_signature
from pipeline.reading.normalise import normalise

KEY = b"key"
NOON = 1_700_006_400
PARCEL = "Dear customer, your parcel waits at the depot until you pay the customs fee at"
SCHOOL = "Reminder: the school closes early on Friday because of the snow, collect your children at noon"


def build_row(  # noqa: PLR0913 - a row has many parts, a test changes one
    text: str = PARCEL,
    *,
    second: int = NOON,
    recipient: str = "+12065550100",
    workspace: str = "ws-1",
    sender: str = "phone_number:+12065550199",
    flags: int = MESSAGE | LEAD,
) -> Row:
    """Build a row of a message with a text."""
    whole = DistinctText(mask(normalise(text))).fingerprint
    return Row(
        second=second,
        flags=flags,
        workspace=workspace,
        sender=sender,
        credential="integration:key-1",
        range=range_of(recipient),
        recipient=hash_of(recipient, KEY),
        keys=whole.keys,
        signature=short_signature(whole),
    )


def number(at: int) -> str:
    """Give one of the numbers that are kept for fiction, or one that looks like it."""
    return f"+1206555{at:04d}"


def hashes(count: int, kept: int) -> bytes:
    """Give a set of so many different ones."""
    return add(b"", {hash_of(str(at), KEY) for at in range(count)}, kept)


def build_bucket(
    width: int, counts: dict[int, int], *, at: int = NOON, recipients: int = 0, domains: int = 0
) -> Bucket:
    """Build the bucket in which a second lies.

    :param counts: by flag
    """
    numbers = list(NO_COUNTS)
    for flag, count in counts.items():
        numbers[flag.bit_length() - 1] = count
    return Bucket(
        width,
        at // width,
        tuple(numbers),
        recipients=hashes(recipients, RECIPIENTS_KEPT),
        domains=hashes(domains, OTHERS_KEPT),
    )
