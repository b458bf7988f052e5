"""The words that everyone here uses: messages, recipients, consent, workspaces, policies, findings, verdicts.

Frozen values without behaviour beyond what their own fields decide. Nothing here reads a clock, a file or the network.
"""
