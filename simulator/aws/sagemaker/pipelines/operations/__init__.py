"""The operations of SageMaker Pipelines: pipelines and their versions, executions, steps, answers to callbacks.

In: requests that are valid by the service model. Out: rows, answers in AWS's words, executions that run.
Never: the running itself.
"""
