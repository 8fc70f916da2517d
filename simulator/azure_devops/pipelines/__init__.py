"""Azure Pipelines: from YAML text to a frozen plan, and from a plan to a run.

In: YAML files, parameters, variables, groups. Out: `compile_pipeline(...) -> Plan`, or every error at once.
Never: AWS; in the front end (source, templates, expressions, reading, compile) no clock, store, file or network.
"""
