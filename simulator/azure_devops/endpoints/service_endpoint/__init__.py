"""Service endpoints and the webhooks that come in by them.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: using a connection.
"""
