"""A campaign that becomes mass is withdrawn as far as it is not sent, by own counts and by the pattern plane's."""

from pipeline.domain.alarms import Alarm, Level
from pipeline.patterns import signals
from pipeline.patterns.signals import Signal
from pipeline.testing.builders import SECOND, build_message, build_policy, build_provider_event
from pipeline.topologies import names
from tests.unit.topologies.campaigns import POLICY, reward, told
from tests.unit.topologies.hosting import Platform


def started(further: str = "", partitions: int = 1) -> Platform:
    """Start a platform on which messages without consent pass."""
    return Platform(partitions, build_policy(POLICY + further))


async def send(platform: Platform, first: int, end: int) -> None:
    """Send a part of the campaign, a few messages in each transaction."""
    for number in range(first, end):
        platform.put(reward(number))
        if number % 5 == 0:
            await platform.run()
    await platform.run()


def mass_signal(platform: Platform, level: Level = Level.MASS, seconds: int = 300) -> Signal:
    """Have the pattern plane say of the campaign that was told last how far it has gone."""
    campaign = [observation for observation in told(platform) if observation.signature][-1]
    counts = {"messages": 4_000, "recipients": 3_900}
    now = platform.now_milliseconds // 1_000
    alarm = Alarm(f"{campaign.subject}#00000000", "bulk", level, counts, ("domains",))
    return Signal(alarm=alarm, signature=campaign.signature, told_second=now, until_second=now + seconds)


async def tell(platform: Platform, signal: Signal) -> None:
    """Write a signal as the pattern plane does."""
    key = signals.key_of(signal.alarm).decode()
    platform.put_raw(names.SIGNALS, signals.encode(signal), key)
    await platform.run()


async def test_withdraws_all_that_was_let_pass_when_own_counts_reach_mass() -> None:
    """Also the first messages, from before the text had come again."""
    platform = started()
    await send(platform, 0, 120)
    passed = {v["message_id"] for v in platform.verdicts() if v["outcome"] in {"allow", "flag"}}
    assert set(platform.revoked()) == passed
    assert "m-0" in passed


async def test_names_the_campaign_and_its_counts() -> None:
    """Who reads the revocation learns which campaign it is and how large it was."""
    platform = started()
    await send(platform, 0, 120)
    revocation = platform.revocations()[0]
    assert (revocation["clause"], revocation["code"]) == ("5.3", "bulk_mass")
    assert revocation["caused_by"].startswith("pattern campaign/")
    assert "messages to" in revocation["reason"]
    assert revocation["caused_by"].split()[1] in revocation["reason"]


async def test_leaves_what_was_sent_and_what_is_no_part_of_it() -> None:
    """A message that was reported as sent can't be called back, and another text is not the campaign's."""
    platform = started()
    await platform.give(reward(1), build_message(message_id="other", to="+447700900999"))
    await platform.give(build_provider_event(to=reward(1).to, message_id="m-1", status="sent"))
    await send(platform, 2, 125)
    assert "m-2" in platform.revoked()
    assert not {"m-1", "other"} & set(platform.revoked())


async def test_withdraws_in_all_partitions_when_the_plane_says_so() -> None:
    """A few messages in each partition are enough if all together are mass."""
    platform = started(partitions=3)
    await send(platform, 0, 12)
    await platform.wait(6 * SECOND)
    assert platform.revoked() == []
    await tell(platform, mass_signal(platform))
    assert platform.revoked() == sorted(f"m-{number}" for number in range(12))
    assert "4000 messages to 3900 recipients" in platform.revocations()[0]["reason"]


async def test_blocks_by_the_word_of_the_plane_while_it_counts() -> None:
    """A signal decides of messages that are like its text until its time is over."""
    platform = started()
    await send(platform, 0, 5)
    await platform.wait(6 * SECOND)
    await tell(platform, mass_signal(platform, seconds=60))
    await platform.give(reward(20))
    await platform.wait(61 * SECOND)
    await platform.give(reward(21), build_message(message_id="other", to="+447700900999"))
    assert "bulk_mass" in platform.codes("m-20")
    assert "bulk_mass" not in platform.codes("m-21")


async def test_withdraws_nothing_for_a_campaign_below_mass() -> None:
    """What is flagged may be sent."""
    platform = started()
    await send(platform, 0, 5)
    await platform.wait(6 * SECOND)
    await tell(platform, mass_signal(platform, Level.BULK))
    assert platform.revoked() == []


async def test_withdraws_nothing_where_the_policy_lets_mass_pass() -> None:
    """A policy that only flags has nothing called back."""
    platform = started('[patterns]\nmass_outcome = "flag"\n')
    await send(platform, 0, 120)
    assert (platform.revoked(), platform.outcomes("m-119")) == ([], ["flag"])


async def test_withdraws_once_whoever_takes_the_partition_over() -> None:
    """A new owner that begins the recall again finds nothing left."""
    platform = started()
    await send(platform, 0, 120)
    before = platform.revoked()
    platform.recipients.reopen(0)
    await send(platform, 120, 140)
    await platform.wait(6 * SECOND)
    assert len(set(platform.revoked())) == len(platform.revoked())
    assert set(before) <= set(platform.revoked())
