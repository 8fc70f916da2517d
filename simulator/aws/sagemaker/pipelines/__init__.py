"""SageMaker Pipelines: definitions checked when they are created, executions that run their steps as a graph.

In: a pipeline definition (JSON) and parameters. Out: jobs, models and model packages by calls as the pipeline's role.
Never: work of its own; a definition that is wrong is refused when it is given, with every problem named.
"""
