"""Everything that answers as AWS: moto remembers, this room behaves.

In: HTTP at `gateway`, calls at `Cloud.call`. Out: facts; HTTP through the kernel's outbound door; work.
Never: imports simulator.azure_devops. The clouds know each other by URL only.
"""
