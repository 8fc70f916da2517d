"""AWS's wire protocols, driven by botocore's service models: bytes to parameters, answers to bytes.

In: an HTTP request. Out: service, operation, parameters; HTTP answers.
Never: state, or a decision about one service.
"""
