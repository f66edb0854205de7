"""The figures of the "Services" page, in plain Python without Airflow and without a web server.

`tiles.answer(name, filters)` opens `published/services.duckdb` read-only, runs the queries of one tile, and closes the file. So
each tile shows the newest publication and never blocks one. The chosen dates limit the cost: without a chosen service a tile
reads the daily aggregates, with one it reads the appointments of these dates.
"""
