"""SageMaker: jobs, pipelines, the model registry, endpoints with capture, and monitoring, doing their real work.

In: calls by behaviours, timers, engines. Out: rows, facts in AWS's event shapes, objects in S3 as the job's role.
Never: Azure DevOps, moto, or a result that no work has produced.
"""
