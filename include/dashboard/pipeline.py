"""The state of the pipeline: freshness, publications, windows, the rate budget, schema drift, and the newest audit."""

from include.dashboard.context import QueryContext

SHOWN = 20


def pipeline(context: QueryContext) -> dict:
    """Freshness (`minutes_behind` the wall clock), publications, and the windows that were started in the period."""
    where = context.filters.condition("account", "marketplace")
    begun = context.filters.recent("started_at")
    freshness = context.rows(f"""
        select account, marketplace_id, entity, as_of, date_diff('minute', as_of, now()) as minutes_behind
        from ops.freshness where {where} order by all
    """)
    publications = context.rows("""
        select publication_id, published_at, as_of, tables, rows, bytes, seconds
        from ops.publications order by published_at desc limit 5
    """)
    windows = context.rows(f"""
        select entity, mode, count(*) as windows, count(*) filter (status = 'complete') as complete,
            count(*) filter (status = 'failed') as failed, count(*) filter (status = 'running') as running,
            coalesce(sum(requests), 0)::bigint as requests, coalesce(sum(throttled), 0)::bigint as throttled,
            coalesce(sum(waited_seconds), 0)::double as waited_seconds,
            coalesce(sum(date_diff('millisecond', started_at, finished_at)) / 1000, 0)::double as seconds
        from ops.extract_windows
        where {begun} and {where}
        group by all order by all
    """)
    failures = context.rows(f"""
        select account, entity, window_start, window_end, attempt, finished_at, error
        from ops.extract_windows
        where status = 'failed' and {begun} and {where}
        order by finished_at desc limit {SHOWN}
    """)
    return {
        "freshness": freshness, "publications": publications, "windows": windows, "failures": failures, "drift": _drift(context),
        "period": context.period.as_json(),
    }  # fmt: skip


def _drift(context: QueryContext) -> list[dict]:
    """The rows of `ops.schema_drift`; none if the published file is older than that table."""
    if not context.rows("from duckdb_tables() where schema_name = 'ops' and table_name = 'schema_drift'"):
        return []
    return context.rows(f"""
        select account, entity, path, kind, first_observed_at, last_observed_at, times, is_value_kept, value_type
        from ops.schema_drift
        where {context.filters.recent("last_observed_at")} and {context.filters.condition("account")}
        order by first_observed_at desc, path limit {SHOWN}
    """)


def quality(context: QueryContext) -> dict:
    """The newest audit with its broken rules, and the fields that could not be read."""
    audit = context.row("""
        select max(validated_at) as validated_at, count(*) as rules, count(*) filter (is_success) as hold
        from ops.quality_results
        where run_id = (select max_by(run_id, validated_at) from ops.quality_results)
    """)
    findings = context.rows("""
        select rule_code, severity, table_name, unexpected_count, sentence
        from ops.quality_results
        where run_id = (select max_by(run_id, validated_at) from ops.quality_results) and not is_success
        order by severity <> 'stop', unexpected_count desc, rule_code
    """)
    # which fields, and not whose: the page shows no payloads
    quarantined = context.rows(f"""
        select entity, field, reason, count(*) as records, max(observed_at) as last_observed_at
        from ops.quarantined_records
        where {context.filters.recent("observed_at")} and {context.filters.condition("account")}
        group by all order by records desc limit {SHOWN}
    """)
    return {"audit": audit, "findings": findings, "quarantined": quarantined, "period": context.period.as_json()}
