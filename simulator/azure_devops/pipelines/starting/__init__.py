"""What starts a run: a push, a schedule, a payload from outside, a person.

In: facts and requests. Out: queued runs with their frozen plans.
Never: running them.
"""
