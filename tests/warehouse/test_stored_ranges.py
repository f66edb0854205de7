"""Ranges of capacity that were over, and that earlier code stored as vanished, are what they were again."""

from include.warehouse import database, paths, schema

# as that code left them: a range that was over at 10:00, when a reading started, and one that vanished at 9:00
BEFORE = """
    alter table raw.resource_capacity_ranges drop column window_start;
    insert into ops.extract_windows by name
    select 'a' as account, 'm' as marketplace_id, 'resource_capacity' as entity,
        timestamptz '2026-03-02 00:00:00Z' + to_hours(hour) as window_start, window_start + interval 2 minutes as started_at
    from unnest([9, 10]) as hours(hour);
    insert into raw.resource_capacity_ranges by name
    select
        'a' as account, 'm' as marketplace_id, resource_id, 'AVAILABLE_CAPACITY' as capacity_type,
        timestamptz '2026-03-02 10:00:00Z' as range_end_at, capacity, observed_at
    from (values
        ('over', 3, timestamptz '2026-03-02 09:03:00Z'), ('over', null, timestamptz '2026-03-02 10:03:00Z'),
        ('vanished', 3, timestamptz '2026-03-02 08:03:00Z'), ('vanished', null, timestamptz '2026-03-02 09:03:00Z')
    ) as observed(resource_id, capacity, observed_at)
"""
CAPACITIES = "select resource_id, list(capacity order by observed_at) from raw.resource_capacity_ranges group by all order by 1"


def test_ranges_that_were_over_are_not_vanished_once(warehouse):
    with database.connect(paths.build_database()) as connection:
        schema.ensure(connection)
        connection.execute(BEFORE)
        schema.ensure(connection)
        assert connection.execute(CAPACITIES).fetchall() == [("over", [3]), ("vanished", [3, None])]
        assert connection.execute("select distinct window_start from raw.resource_capacity_ranges").fetchall() == [(None,)]
        # what is stored from then on is left as it is
        connection.execute("update raw.resource_capacity_ranges set capacity = null where resource_id = 'over'")
        schema.ensure(connection)
        assert connection.execute(CAPACITIES).fetchall() == [("over", [None]), ("vanished", [3, None])]
