"""The REST areas, one file each: a location id and a verb become a function.

In: a `Call` (who, route, query, body). Out: a JSON value or an `Answer`.
Never: HTTP parsing, authentication, git itself.
"""
