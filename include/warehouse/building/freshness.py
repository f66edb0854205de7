"""The query for `ops.freshness`: how far the warehouse has read, per account, marketplace and entity.

Jobs: the `as_of` of the marts. Slots and capacity, which are snapshots of the future: the start of the newest complete window.
"""

AS_OF = """
    select account, marketplace_id, 'jobs' as entity, as_of
    from intermediate.int_as_of
    union all
    select account, marketplace_id, entity, max(window_start)
    from ops.trusted_windows
    where entity <> 'jobs' and status = 'complete'
    group by account, marketplace_id, entity
    order by all
"""
