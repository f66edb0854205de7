"""Recognizes personal data and secrets in text, and removes them.

`shapes` has regular expressions that are equivalent in DuckDB and Python: the extraction rejects a place that matches, and the
quality gate searches the marts for the same. `words` cleans free text of Amazon (errors, warnings, ids) on arrival.
`minimization` decides which values are stored.
"""
