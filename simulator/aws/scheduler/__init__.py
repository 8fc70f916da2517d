"""EventBridge Scheduler: schedules that call one target each as a role, once or again and again, on the virtual clock.

In: the operations of `scheduler`; timers. Out: calls of targets through `cloud.call`; facts `Schedule*`.
Never: an event on a bus (that is a rule with a schedule, in `eventbridge`), or real time.
"""
