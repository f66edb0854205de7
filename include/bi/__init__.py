"""Files for BI tools, generated from the dbt project: a bundle for Apache Superset, and the definitions as a page.

    python -m include.bi superset [FILE.zip]      database, datasets, charts and a dashboard, to import with one command
    python -m include.bi definitions [FILE.md]    docs/definitions.md: every figure and every table

Names, descriptions and formulas come from dbt's models, semantic models and metrics; the charts of the dashboard are listed in
`meta.charts` of the exposure `superset_dashboard`.
"""
