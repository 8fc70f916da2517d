"""Pull requests: rows, iterations, votes and their completion by real merges.

In: refs that moved, what people ask. Out: merge commits, moved refs, `PullRequest...` facts.
Never: a policy of its own; whether one may complete is asked through `Gate`.
"""
