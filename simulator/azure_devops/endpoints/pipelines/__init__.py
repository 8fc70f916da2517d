"""The pipelines area: pipelines, runs, approvals, checks and permissions.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: running.
"""
