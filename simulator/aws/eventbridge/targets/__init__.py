"""What each kind of target does with an event.

In: an invocation of one target. Out: the call or request that the real service would make. Never: retries, rows or
dead letters, which are the delivery's.
"""
