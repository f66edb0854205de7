"""What personal data and secrets look like in a text, and how they are taken out of one.

`shapes` holds regular expressions that DuckDB and Python read alike: the extraction refuses a place that matches, and the
quality gate looks for the same in the marts. `words` cleans free text that Amazon wrote (errors, warnings, ids) when it arrives.
`minimization` decides which values are stored at all.
"""
