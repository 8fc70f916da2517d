"""Lambda: functions from zip archives that truly run, in environments of the engine, under AWS's own runtime client.

In: the operations of `lambda`; invocations by EventBridge, SNS, CloudFormation and SageMaker through `cloud.call`.
Out: works of the image `lambda_python`; log lines, metrics, destinations, through `cloud.call`; facts `Function*`.
Never: an answer that no function gave; container images, function URLs and runtimes other than Python are refused.
"""
