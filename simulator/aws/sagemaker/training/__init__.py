"""Training jobs, as a training container and its owner see them.

In: CreateTrainingJob and its kin, the objects of channels, the lines and files that containers leave.
Out: the files of /opt/ml on each host, works for the engine, artefacts in S3, metrics, rows and facts.
Never: runs a program itself, or says that a job is Completed whose program did not end well.
"""
