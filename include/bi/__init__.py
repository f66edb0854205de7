"""What BI tools need, made from the dbt project: a bundle for Apache Superset, and the definitions as a page.

    python -m include.bi superset [FILE.zip]      database, datasets, charts and a dashboard, to import with one command
    python -m include.bi definitions [FILE.md]    docs/definitions.md: every figure and every table, in dbt's own words

Names, descriptions and formulas are dbt's: its models, its semantic models and metrics, and the exposure
`superset_dashboard`, whose `meta.charts` lists what the dashboard shows.
"""
