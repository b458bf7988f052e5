"""The demo's stream of real messages, and what is told about it. Wiring and display are in `pipeline.apps.demo`."""
