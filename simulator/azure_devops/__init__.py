"""Azure DevOps as its clients see it: organizations, repositories, pipelines.

In: HTTP requests and the rooms below (kernel, formats, runtime). Out: Azure DevOps' own answers, facts, runs.
Never: AWS.
"""
