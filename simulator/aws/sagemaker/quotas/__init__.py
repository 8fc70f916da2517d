"""What an account may have at once, and how long: SageMaker's quotas that are a simple count or value.

In: the table of facts, and what Service Quotas has raised. Out: ResourceLimitExceeded. Never: what runs, or prices.
"""
