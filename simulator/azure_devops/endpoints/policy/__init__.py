"""The policy area: types, configurations with their revisions, evaluations.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a decision of its own.
"""
