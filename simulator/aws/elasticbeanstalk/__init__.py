"""Elastic Beanstalk: applications and their versions, each a source bundle that is there in S3.

In: operations of `elasticbeanstalk`. Out: rows, facts `Beanstalk*`, calls of S3 as the caller.
Never: an environment, which is machines that run an application: what would make one is refused by name.
"""
