"""Projects, teams and the organization itself.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: git, pipelines.
"""
