"""Model Monitor: schedules on the virtual clock whose executions are real processing jobs over captured data.

In: job definitions, schedules, objects of data capture. Out: processing jobs, execution rows, metrics in CloudWatch.
Never: statistics of its own; the monitor's image computes them.
"""
