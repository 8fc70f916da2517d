"""A local simulator of two clouds for the pattern "MLOps workflow with Amazon SageMaker and Azure DevOps".

In: the `simulator` command and HTTP on three loopback ports. Out: HTTP answers, facts, a report. Never: a real cloud.
"""
