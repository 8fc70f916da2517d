"""Azure Repos: bare repositories, their refs, smart HTTP and what REST says of them.

In: repository ids, git requests, commits to make. Out: objects, refs, `RefUpdated` facts.
Never: a pipeline, a policy of its own.
"""
