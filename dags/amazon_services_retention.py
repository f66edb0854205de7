"""### Delete data whose retention period has ended.

Runs daily. Deletes expired personal data (if any is kept) from the encrypted database and from load packages, superseded
observations of slots that ended long ago, and expired results of audits, reports, journals and logs (`docs/operations.md` has the
retention periods). Then compacts the databases.

`{"buyer_key": "..."}` deletes the data of one buyer from everything that is stored, and from everything that is read later. Run
`python -m include.extract.buyer_key` for the key of an id. `{"buyer_id": "..."}` does the same, but Airflow stores the id until
the run starts. `ops.removals` lists the tables and the numbers of deleted rows.
"""

from airflow.sdk import Param, dag, task

from amazon_services.assets import WRITER_POOL
from amazon_services.clock import checked_now
from amazon_services.dag_parts import DAG_ARGS, daily
from amazon_services.personal_data import buyer_to_forget, provide_key
from amazon_services.timeouts import timeout


@dag(
    schedule=daily(),
    max_active_runs=1,
    doc_md=__doc__,
    params={
        "buyer_key": Param(None, type=["null", "string"], description="Key of a buyer whose data is to be deleted"),
        "buyer_id": Param(None, type=["null", "string"], description="Amazon's id, instead of the preferred key"),
    },
    **DAG_ARGS,
)
def amazon_services_retention():
    """Wire the tasks."""

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def remove_personal_data(run_id: str, params: dict) -> dict[str, int]:
        from include.warehouse.retention import retention

        provide_key()
        if buyer_key := buyer_to_forget(params):
            return retention.forget_buyer(buyer_key, run_id)
        return retention.remove_personal_data(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def drop_slot_history(run_id: str) -> dict[str, int]:
        from include.warehouse.retention import retention

        return retention.drop_slot_history(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def clear(run_id: str) -> dict[str, int]:
        from include.warehouse.retention import clearing

        return clearing.clear(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def compact(params: dict) -> dict[str, list[int]]:
        from include.warehouse.retention import retention

        provide_key()
        return retention.compact_all(force=bool(params["buyer_key"] or params["buyer_id"]))

    remove_personal_data() >> drop_slot_history() >> clear() >> compact()


amazon_services_retention()
