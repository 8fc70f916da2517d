"""Event buses, rules, targets and their delivery, as Amazon EventBridge has them.

In: the operations of botocore's `events`, and facts that carry an event. Out: deliveries through the cloud's own calls
and the outbound door, facts about each. Never: a delivery before the state that promises it is committed.
"""
