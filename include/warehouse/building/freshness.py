"""How far the warehouse has read, per account, marketplace and entity: the rows of `ops.freshness`.

Of jobs it is the `as_of` that the marts themselves go by; of slots and capacity, which are snapshots of what lies ahead,
the start of the newest snapshot that was read to its end.
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
