"""Metrics and alarms, as Amazon CloudWatch has them.

In: the operations of botocore's `cloudwatch`. Out: alarm states, facts with their events, notices to SNS. Never: metric
filters and logs, which the backing remembers.
"""
