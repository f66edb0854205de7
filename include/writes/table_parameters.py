"""Parameters of the DAG runs that send the content of a table."""

from collections.abc import Mapping
from dataclasses import dataclass

from include.warehouse.inputs import run_parameters
from include.warehouse.inputs.run_parameters import BadParameter
from include.writes.schedules import HORIZON_DAYS

LONGEST_PATH = 1_000


@dataclass(frozen=True)
class TableParameters:
    """Parameters of `amazon_services_assign` and `amazon_services_schedules`; each DAG uses a part of them.

    Attributes:
        account: The connection id.
        file: The path of a table in a folder for input.
        table: For a DuckDB file, its `schema.table`.
        dry_run: Check and report only; send nothing.
        apply: Send the schedules of the resources that differ.
        allow_removal: Remove what is scheduled at times that the table does not contain.
        marketplace_id: The marketplace; None for the only one of the connection.
        horizon_days: How far ahead schedules are compared.
    """

    account: str
    file: str
    table: str | None
    dry_run: bool
    apply: bool
    allow_removal: bool
    marketplace_id: str | None
    horizon_days: int

    @classmethod
    def from_params(cls, params: Mapping) -> "TableParameters":
        """Read the parameters strictly, by their types.

        Raises:
            BadParameter: A parameter has another type, or is missing.
        """
        account, file = (run_parameters.text(params, name, LONGEST_PATH) for name in ("account", "file"))
        if not account:
            raise BadParameter("`account` should name a connection, but nothing is given.")
        if not file:
            raise BadParameter("`file` should be the path of a CSV, Parquet or DuckDB file that is there, but nothing is given.")
        return cls(
            account,
            file,
            run_parameters.text(params, "table"),
            run_parameters.flag(params, "dry_run"),
            run_parameters.flag(params, "apply"),
            run_parameters.flag(params, "allow_removal"),
            run_parameters.text(params, "marketplace_id", 100),
            run_parameters.whole_number(params, "horizon_days", 1, 365, HORIZON_DAYS),
        )
