"""The distributedtask area: environments and variable groups.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: running.
"""
