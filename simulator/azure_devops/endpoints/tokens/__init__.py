"""Personal access tokens by REST.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: the text of a token but once, when it is made.
"""
