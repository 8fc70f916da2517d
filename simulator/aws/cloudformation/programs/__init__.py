"""Programs that CloudFormation puts into functions.

In: nothing of ours. Out: source text beside the function's own. Never: imported by the simulator.
"""
