"""Service hooks: events of the organization, sent to who subscribed.

In: facts of the log, subscriptions. Out: notifications as rows, and requests through the one outbound door.
Never: deciding what happens in the organization.
"""
