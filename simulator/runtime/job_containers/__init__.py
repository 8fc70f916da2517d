"""The containers of one job in the Docker engine: images as users name them, a private network, programs run inside.

In: a set of containers by name, then programs to run in one of them. Out: their lines and exits, as an engine has them.
Never: a way out of the network but the simulator's ends, the engine's socket, or a file of the host beside the mounts.
"""
