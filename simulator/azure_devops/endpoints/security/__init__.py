"""Security namespaces and access control lists.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a right; tokens' scopes and teams decide what is allowed here, the lists are kept for whoever reads them.
"""
