"""The order of things: which records lead to which, as pure steps over state. The engine hosts them.

A topology knows messages and not partitions, transactions or clocks; the engine knows those and not messages.
"""
