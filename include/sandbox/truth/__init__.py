"""What a warehouse should say about the world: the rows of its marts in plain Python, from what the API shows of every job.

The definitions are those of the warehouse's contract; no line is shared with the pipeline. Times are seconds since the epoch in
columns that end in `_at`, until `tables.truth` writes them.
"""
