"""CodeDeploy: applications, deployment groups and deployments, which say what became of them and nothing else.

In: operations of `codedeploy`; timers. Out: rows, facts `Deployment*` with their EventBridge events.
Never: an instance or an agent on one: there are none here, so a deployment to servers fails as AWS has it fail.
"""
