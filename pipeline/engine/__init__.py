"""Records in, records out, exactly once: partitions, transactions, changelogs, stores, barrier and timers over a log.

The engine knows records, not messages, and imports nothing of the package. Read in this order: `topology` (what it
hosts), `overlay` (state during a transaction), `partition` (the loop, which is the whole algorithm), `globals`,
`kafka` (the log it runs on), `host` (which partitions are ours).
"""
