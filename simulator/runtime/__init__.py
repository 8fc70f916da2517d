"""Runs real work: programs in images, each in a closed room of its own.

In: a `Work` (image name, command, environment, mounts). Out: its lines, its `Exit`, its answers on port 8080.
Never: a word of either cloud, a state row, or a decision about what to run.
"""
