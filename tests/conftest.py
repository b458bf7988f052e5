"""Settings for all tests."""

from hypothesis import settings

# No timed assertions: the machine is shared. What hangs is ended by pytest's own timeout.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
