"""Who there is: identities, graph subjects, profiles, accounts and entitlements.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: rights; those are the scopes' and the topology's.
"""
