"""Security namespaces, access control lists, and questions about permissions.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a decision; the room `security` decides, here it is asked and its lists are written.
"""
