"""The journal of writes to Amazon: files for each attempt, which the loader merges into `ops.api_writes`."""
