"""What is remembered: one record, one module; a frozen value and a pure merge.

Delivery: every merge here can be given the same event twice, or events in another order, and ends in the same value.
"""
