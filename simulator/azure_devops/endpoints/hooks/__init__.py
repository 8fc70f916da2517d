"""The hooks area: publishers, consumers, subscriptions and their notifications.

In: a `Call`. Out: a JSON value or an `Answer`.
Never: deciding whether an event fits a subscription.
"""
