"""Batch transform jobs: a model's container served for the job's time, every object of the input sent through it.

In: CreateTransformJob's members, objects of S3. Out: serving works, output objects and capture manifests in S3, facts.
Never: how a container starts and becomes healthy, which is in `serving`.
"""
