"""The figures behind the "Services" page, asked of the published file in plain Python: no Airflow, no web server.

`tiles.answer(name, filters)` opens `published/services.duckdb` read-only, asks one tile's question and closes it again, so
a page sees the newest publication and holds nobody up. What bounds the cost is the range of dates: a tile without a chosen
service reads the daily aggregates, one with a service reads the appointments of those dates.
"""
