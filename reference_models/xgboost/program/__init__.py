"""SageMaker's built-in XGBoost: its hyperparameters, its data formats, its training and its answers.

In: channels and hyperparameters under /opt/ml. Out: xgboost-model, lines of metrics, predictions. Never: HTTP.
"""
