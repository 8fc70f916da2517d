"""Branch policies: their types, their configurations, whom they protect and what they decide of a pull request.

In: configurations by REST, pull requests, runs that ended. Out: evaluations, refusals, runs of build validation.
Never: a merge, a vote.
"""
