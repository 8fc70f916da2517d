"""K-means, nearest neighbours and factorization machines behind the formats of SageMaker's own algorithms.

In: channels of csv or RecordIO-protobuf, string hyperparameters. Out: a model, the log's quality metrics, predictions.
Never: AWS's programs, which are not published; what is described of them is done with scikit-learn and numpy.
"""
