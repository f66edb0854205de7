"""### What has to go

Every day: removes personal data past its term (where any is kept), from the encrypted database and from load packages; drops
superseded observations of slots that are long over; clears what is past its term of results of audits, reports, journals and
logs (the table of terms is in `docs/operations.md`); gives back the room of what was deleted.

`{"buyer_key": "..."}` forgets one buyer, in everything that is stored and in what is read later; the key of an id is made by
`python -m include.extract.buyer_key`. `{"buyer_id": "..."}` does the same; Airflow then holds the id until the run starts. What
was removed, from where and how many rows, is in `ops.removals`.
"""

from airflow.sdk import Param, dag, task

from amazon_services.assets import WRITER_POOL
from amazon_services.dag_parts import DAG_ARGS, daily
from amazon_services.timeouts import timeout


@dag(
    schedule=daily(),
    max_active_runs=1,
    doc_md=__doc__,
    params={
        "buyer_key": Param(None, type=["null", "string"], description="buyer_key of a buyer to forget"),
        "buyer_id": Param(None, type=["null", "string"], description="Instead of the key, Amazon's id; better give the key"),
    },
    **DAG_ARGS,
)
def amazon_services_retention():
    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def remove_personal_data(run_id: str, params: dict) -> dict[str, int]:
        from amazon_services.clock import checked_now
        from amazon_services.personal_data import buyer_to_forget, provide_key
        from include.warehouse.retention import retention

        provide_key()
        if buyer_key := buyer_to_forget(params):
            return retention.forget_buyer(buyer_key, run_id)
        return retention.remove_personal_data(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def drop_slot_history(run_id: str) -> dict[str, int]:
        from amazon_services.clock import checked_now
        from include.warehouse.retention import retention

        return retention.drop_slot_history(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def clear(run_id: str) -> dict[str, int]:
        from amazon_services.clock import checked_now
        from include.warehouse.retention import clearing

        return clearing.clear(run_id, checked_now())

    @task(pool=WRITER_POOL, execution_timeout=timeout("retention"))
    def compact(params: dict) -> dict[str, list[int]]:
        from amazon_services.personal_data import provide_key
        from include.warehouse.retention import retention

        provide_key()
        return retention.compact_all(force=bool(params["buyer_key"] or params["buyer_id"]))

    remove_personal_data() >> drop_slot_history() >> clear() >> compact()


amazon_services_retention()
