"""Pure notations that both clouds use: cron, wildcards, JSON paths, retry tables.

In: text and plain values. Out: plain values. Never: a clock, a store, a network, or any other room of ours.
"""
