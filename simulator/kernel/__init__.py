"""Time, log, store, scheduler and the one way out: what both clouds stand on.

In: calls from the rooms above. Out: rows and facts in SQLite; HTTP through `outbound`. Never: a word of either cloud.
"""
