"""What acts on the outside: AWS by boto3, Azure DevOps by REST and git, virtual time by the control interface.

In: a person and what they want. Out: real requests. Never: a decision about what is right.
"""
