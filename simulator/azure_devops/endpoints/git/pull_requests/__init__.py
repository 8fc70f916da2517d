"""Pull requests as REST shows them: requests, reviewers, threads, iterations, statuses, labels, properties.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a merge or a decision of its own.
"""
