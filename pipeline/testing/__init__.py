"""The same processing without a broker: an in-memory log, a clock moved by hand.

Part of the package: it serves the file commands, and whoever writes rules or topologies tests them with it.
"""
