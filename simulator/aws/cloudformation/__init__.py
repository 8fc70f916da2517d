"""CloudFormation: an executor of the template's dependency graph, driven by the registry's schemas.

In: templates and change sets by the operations of botocore's `cloudformation`. Out: stack rows, StackEvent facts,
calls to other services through `cloud.call` as the stack's role or its caller. Never: a resource that no call made.
"""
