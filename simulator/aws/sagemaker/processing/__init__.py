"""Processing jobs: inputs from S3 under their local paths, the program, outputs back to S3, its exit message.

In: CreateProcessingJob's members, objects of S3. Out: works in the engine, objects of S3, rows and facts.
Never: the shared life of jobs, which is in `jobs`.
"""
