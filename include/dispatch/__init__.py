"""Files for technicians: where each of them has to be, as a calendar and as a table.

`python -m include.dispatch calendar [FOLDER]` reads the published file's `rpt_technician_schedule` and writes an iCalendar file
and a CSV file for each technician with stops, into `SERVICES_CALENDAR_DIR` (default `calendars/` of the warehouse). The DAG
`amazon_services_calendars` does so after each publication.

A file is replaced as a whole, and only if its content has changed. Files of technicians without stops are removed. Names and
addresses of buyers are in them only with `SERVICES_PERSONAL_DATA=keep`, and come from `restricted.duckdb`.
"""
