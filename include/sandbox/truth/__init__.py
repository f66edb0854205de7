"""Computes what a warehouse should contain: the rows of its marts in plain Python, from what the API shows of every job.

The definitions are those of the warehouse's contract; no code is shared with the pipeline or its models. Times are seconds since
the epoch, in columns that end in `_at`; `tables.truth` writes them as ISO-8601 text.
"""
