"""Experiments: experiments hold trials, trials hold components, components hold what a run or a job has told.

In: requests, metrics of runs, and the facts of jobs. Out: rows that Search and the SDK's Run read.
Never: the work of a job, or a number that nobody measured.
"""
