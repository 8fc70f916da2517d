"""What the images that keep SageMaker's training and serving contract share.

In: `train` or `serve`, and /opt/ml. Out: the built-in algorithm of the image's own `program`, or the user's code by
AWS's own toolkits (sagemaker-training, sagemaker-inference). Never: anything about one algorithm.
"""
