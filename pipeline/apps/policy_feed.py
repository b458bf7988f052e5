"""Follows the published policies, for a process that takes its settings from the one in force."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from pipeline.domain.policies import Policy
from pipeline.engine.kafka import KafkaSettings
from pipeline.topologies.names import POLICIES
from pipeline.topologies.policy_timeline import PolicyTimeline
from pipeline.wire import Undecodable

log = logging.getLogger("compliance.patterns")


async def follow_policies(settings: KafkaSettings, packaged: Policy, use: Callable[[Policy], None]) -> None:
    """Have a function called with the policy in force whenever that is another one, until cancelled.

    A publication that can't be used is passed over here; workers say of it that they are degraded.

    :raises KafkaError: the brokers can't be used
    """
    timeline = PolicyTimeline(packaged)
    consumer = settings.consumer([settings.topic(POLICIES)])
    used: Policy | None = None
    await consumer.start()
    try:
        while True:
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    with contextlib.suppress(Undecodable):
                        timeline.absorb((record.key or b"").decode("utf-8", "replace"), record.value, record.offset)
            policy = timeline.at(time.time_ns() // 1_000_000).policy
            if policy is not used:
                log.info("policy %s %s", policy.stamp.version, policy.stamp.hash[:19])
                use(policy)
            used = policy
            await asyncio.sleep(0)
    finally:
        await consumer.stop()
