"""What a resource may yield: the tables, columns and types of `records.SCHEMAS`, as Arrow tables."""

from datetime import timedelta

import dlt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dlt.common.schema.exceptions import DataValidationError

from include.extract import packaging, records
from include.warehouse.loading import packages
from include.warehouse.loading.windows import SCHEDULED, SLOTS, UPDATED, Window
from tests.extract.fakes import START

TABLE = "appointment_slots"
SLOT = {"account": "seller", "store_id": "store", "capacity": 2, "observed_at": START}
GOOD = records.batch(TABLE, [SLOT])


@pytest.fixture
def package(warehouse):
    return packages.begin(Window("seller", "US", SLOTS, SCHEDULED, UPDATED, START, START + timedelta(hours=1)), "run-1")


def extract(package, *items) -> str:
    @dlt.resource(name=TABLE)
    def slots():
        yield from items

    return packaging._extract(package, [slots()])


def test_what_the_schema_declares_is_written_and_nothing_else(package):
    snapshot = records.batch("appointment_slot_snapshots", [{"account": "seller", "range_start": START}])
    load_id = extract(package, GOOD, dlt.mark.with_table_name(snapshot, "appointment_slot_snapshots"), GOOD)
    assert load_id
    assert sorted(file.name for file in package.data.iterdir()) == ["appointment_slot_snapshots", TABLE]
    (file,) = package.files(TABLE)
    assert pq.read_table(file).equals(pa.concat_tables([GOOD, GOOD]))
    assert not (package.folder / "dlt").exists()


def test_a_column_that_is_missing_is_null(package):
    extract(package, GOOD.drop_columns(["asin", "capacity"]))
    (file,) = package.files(TABLE)
    assert pq.read_table(file).equals(records.batch(TABLE, [SLOT | {"capacity": None}]))


def test_a_time_without_a_zone_is_utc(package):
    extract(package, GOOD.set_column(8, "observed_at", pa.array([START.replace(tzinfo=None)])))
    (file,) = package.files(TABLE)
    assert pq.read_table(file).equals(GOOD)


REFUSED = {
    "column": (GOOD.append_column("color", pa.array(["red"])), "column `color` to table `appointment_slots`.*frozen"),
    "type": (GOOD.set_column(7, "capacity", pa.array(["two"])), "type of `capacity` in table `appointment_slots`.*frozen"),
    "narrower type": (GOOD.set_column(7, "capacity", pa.array([2], pa.int32())), "type of `capacity`.*frozen"),
    "table": (dlt.mark.with_table_name(GOOD, "elsewhere"), "table `elsewhere` because `tables` are frozen"),
}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("change", REFUSED)
def test_what_the_schema_does_not_declare_is_refused(package, change, is_first):
    item, message = REFUSED[change]
    with pytest.raises(DataValidationError, match=message):
        extract(package, *([item] if is_first else [GOOD, item]))
    assert not package.data.exists() and not (package.folder / "dlt").exists()


def test_rows_that_are_not_arrow_tables_are_refused(package):
    with pytest.raises(TypeError, match="yields rows for appointment_slots; it should yield Arrow tables"):
        extract(package, [SLOT])
