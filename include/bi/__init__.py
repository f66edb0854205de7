"""Files for BI tools, generated from the dbt project: a bundle for Apache Superset, the definitions as a page, and a catalog.

    python -m include.bi superset [FILE.zip]      database, datasets, charts and a dashboard, to import with one command
    python -m include.bi definitions [FILE.md]    docs/definitions.md: every figure and every table
    python -m include.bi catalog [FILE.json]      marts, figures and the ready questions with their compiled SQL

Names, descriptions and formulas come from dbt's models, semantic models and metrics; the charts of the dashboard are listed in
`meta.charts` of the exposure `superset_dashboard`.
"""
