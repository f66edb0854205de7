"""What an older version stored is cleaned by newer rules: once, and dbt models what it changed again."""

import json

from include.privacy import shapes
from include.warehouse import database, paths, schema
from include.warehouse.upgrades import stored_texts

PLACES = {
    "good": {"city": "Seattle", "postalCode": "98101", "countryCode": "US"},
    "street": {"city": "Am alten Weg 5", "stateOrRegion": "WA", "postalCode": "98101"},
    "phone": {"city": "Seattle", "postalCode": "2065550100"},
    "none": None,
}


def fill(connection) -> None:
    """As the code before these rules left it."""
    connection.execute("create schema intermediate; create table intermediate.built_loads (load_id varchar, row_count bigint)")
    for name, address in PLACES.items():
        location = json.dumps({"serviceLocationType": "IN_HOME", "address": address}) if address else None
        connection.execute(
            "insert into raw.service_jobs by name select ? as service_job_id, ? as _dlt_load_id, ?::json as service_location",
            [name, f"load of {name}", location],
        )
        connection.execute("insert into intermediate.built_loads values (?, 1)", [f"load of {name}"])
    connection.execute(
        "insert into ops.extract_windows (error) values ('NotFound: call 2065550100 (4f4d)'), (null), ('HTTP 500')"
    )
    connection.execute("insert into ops.quarantined_records (reason) values ('Refused: 10 Downing Street'), ('not a time')")
    warnings = json.dumps([{"code": "W1", "message": "see Hauptstraße 12"}])
    connection.execute(
        "insert into ops.api_writes (error, warnings) values ('no buyer 0151 23456789', ?), (null, null)", [warnings]
    )
    connection.execute("delete from audit.privacy_rules")


def contents(connection) -> dict:
    return {
        "places": dict(connection.execute("select service_job_id, service_location::varchar from raw.service_jobs").fetchall()),
        "rebuilt": sorted(
            name for (name,) in connection.execute("select load_id from intermediate.built_loads where row_count <> 1").fetchall()
        ),
        "errors": connection.execute("select error from ops.extract_windows where error is not null order by 1").fetchall(),
        "reasons": connection.execute("select reason from ops.quarantined_records order by 1").fetchall(),
        "writes": connection.execute("select error, warnings from ops.api_writes where error is not null").fetchall(),
    }


def test_older_rows_are_cleaned_once(warehouse, monkeypatch):
    with database.connect(paths.build_database()) as connection:
        schema.ensure(connection)
        fill(connection)
        schema.ensure(connection)
        found = contents(connection)
        assert json.loads(found["places"]["good"])["address"] == PLACES["good"]
        assert json.loads(found["places"]["street"])["address"] == {"stateOrRegion": "WA", "postalCode": "98101"}
        assert json.loads(found["places"]["phone"]) == {"serviceLocationType": "IN_HOME", "address": {"city": "Seattle"}}
        assert found["rebuilt"] == ["load of phone", "load of street"]
        assert found["errors"] == [("HTTP 500",), ("NotFound: call (a phone number) (4f4d)",)]
        assert found["reasons"] == [("Refused: (a street)",), ("not a time",)]
        ((error, warnings),) = found["writes"]
        assert error == "no buyer (a phone number)"
        assert json.loads(warnings) == [{"code": "W1", "message": "see (a street)"}]

        monkeypatch.setattr(stored_texts, "_clean_places", lambda build: 1 / 0)
        schema.ensure(connection)
        assert contents(connection) == found


def test_newer_rules_are_applied_again(warehouse, monkeypatch):
    with database.connect(paths.build_database()) as connection:
        schema.ensure(connection)
        fill(connection)
        schema.ensure(connection)
        monkeypatch.setattr(shapes, "PLACE", shapes.PLACE + "|^Seattle$|^5eattle$")
        connection.execute('update raw.service_jobs set service_location = \'{"address": {"city": "5eattle"}}\'')
        schema.ensure(connection)
        assert set(contents(connection)["places"].values()) == {'{"address":{}}'}
