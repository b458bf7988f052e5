"""Wiring only: the processes and the command line. May import everything; nothing imports it."""
