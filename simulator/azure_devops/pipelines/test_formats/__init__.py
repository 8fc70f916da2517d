"""Files of test results -> test cases.

In: the bytes of one file and its format. Out: its cases, in the order of the file. Never: rows, the job.
"""
