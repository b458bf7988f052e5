"""`python -m pipeline` is the command `compliance`."""

from pipeline.apps.command_line import main

main()
