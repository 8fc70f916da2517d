"""What scripts import from AWS's XGBoost container: its public helpers by their names; the code is ours.

In: paths and request bodies. Out: DMatrix. Never: the container's own server and training loop.
"""
