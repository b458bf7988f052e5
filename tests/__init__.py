"""Tests of the package; `tests.live` and `tests.kafka` are what those on a real Kafka share."""
