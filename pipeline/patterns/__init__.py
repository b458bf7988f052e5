"""Bulk patterns: how many messages that look alike, to how many people, from how many senders, in which time. Pure."""
