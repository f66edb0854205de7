"""Loads: windows, the packages that extraction writes, and how the loader merges them into `raw` and `ops`."""
