"""Test runs and their results.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: running tests.
"""
