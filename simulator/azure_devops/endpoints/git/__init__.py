"""The git area: repositories, refs, commits, pushes, pull requests.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: git's own protocol.
"""
