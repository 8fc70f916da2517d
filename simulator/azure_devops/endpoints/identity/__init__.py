"""Who there is: identities, graph subjects, profiles, accounts and entitlements.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: a decision about rights; the room `security` decides.
"""
