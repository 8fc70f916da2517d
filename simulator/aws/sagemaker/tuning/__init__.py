"""Hyperparameter tuning jobs: searches that start ordinary training jobs and learn from their objective metric.

In: the tuning operations, the rows of training jobs, their objective while it is measured. Out: training jobs by
CreateTrainingJob, rows, facts in AWS's event shape. Never: a number that no training job has printed.
"""
