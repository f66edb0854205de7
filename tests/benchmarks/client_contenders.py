"""Other ways to read the jobs of a window with their details, as somebody would write them today."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import requests

from include.services_api import Account, ServicesClient
from include.services_api.paging import job_pages

Contender = Callable[[Account, datetime, datetime], int]


def ours(account: Account, start: datetime, end: datetime) -> int:
    """This client: twelve threads ask for details while the listing goes on."""
    (marketplace_id,) = account.marketplace_ids
    with ServicesClient(account) as client, ThreadPoolExecutor(12) as threads:
        details = [
            threads.submit(client.get_service_job, job["serviceJobId"])
            for page in job_pages(client, marketplace_id, created_after=start, created_before=end)
            for job in page.payload["jobs"]
        ]
        return sum(bool(detail.result().payload) for detail in details)


def loop(account: Account, start: datetime, end: datetime) -> int:
    """A plain loop: one request after the other, a second's rest after a 429."""
    session = requests.Session()
    form = {
        "grant_type": "refresh_token", "refresh_token": account.refresh_token,
        "client_id": account.client_id, "client_secret": account.client_secret,
    }  # fmt: skip
    session.headers["x-amz-access-token"] = requests.post(account.lwa_url, data=form, timeout=30).json()["access_token"]
    session.headers["User-Agent"] = "Loop/1.0 (Language=Python/3)"

    def get(path: str, **query: str) -> dict:
        while (answer := session.get(f"{account.base_url}/service/v1{path}", params=query, timeout=60)).status_code == 429:
            time.sleep(1)
        answer.raise_for_status()
        return answer.json()["payload"]

    query, count = _query(account, start, end), 0
    while True:
        page = get("/serviceJobs", **query)
        count += sum(bool(get(f"/serviceJobs/{job['serviceJobId']}")) for job in page["jobs"])
        if not page.get("nextPageToken"):
            return count
        query["pageToken"] = page["nextPageToken"]


def python_amazon_sp_api(account: Account, start: datetime, end: datetime) -> int:
    """python-amazon-sp-api 2 with its retry decorator, as its documentation shows it."""
    from sp_api.api import Services
    from sp_api.auth import AccessTokenClient
    from sp_api.util import sp_retry

    class Login(AccessTokenClient):
        scheme, host = "http://", account.base_url.removeprefix("http://")

    credentials = {"lwa_app_id": account.client_id, "lwa_client_secret": account.client_secret}
    api = Services(refresh_token=account.refresh_token, credentials=credentials, auth_token_client_class=Login)
    api.endpoint = account.base_url

    @sp_retry()
    def jobs(**query: str) -> dict:
        return api.get_service_jobs(**query).payload

    @sp_retry()
    def detail(name: str) -> dict:
        return api.get_service_job_by_service_job_id(name).payload

    query, count = _query(account, start, end), 0
    while True:
        page = jobs(**query)
        count += sum(bool(detail(job["serviceJobId"])) for job in page["jobs"])
        if not page.get("nextPageToken"):
            return count
        query["pageToken"] = page["nextPageToken"]


def dlt_rest_api(account: Account, start: datetime, end: datetime) -> int:
    """dlt's rest_api source: a listing, and a dependent resource for the details, read in parallel."""
    from dlt.sources.rest_api import rest_api_resources

    form = {
        "grant_type": "refresh_token", "refresh_token": account.refresh_token,
        "client_id": account.client_id, "client_secret": account.client_secret,
    }  # fmt: skip
    token = requests.post(account.lwa_url, data=form, timeout=30).json()["access_token"]
    jobs, details = rest_api_resources(
        {
            "client": {
                "base_url": f"{account.base_url}/service/v1/",
                "headers": {"x-amz-access-token": token, "User-Agent": "Pipeline/1.0 (Language=Python/3)"},
            },
            "resources": [
                {
                    "name": "jobs",
                    "endpoint": {
                        "path": "serviceJobs",
                        "params": _query(account, start, end),
                        "data_selector": "payload.jobs",
                        "paginator": {
                            "type": "cursor", "cursor_path": "payload.nextPageToken", "cursor_param": "pageToken",
                        },
                    },
                },
                {
                    "name": "details",
                    "parallelized": True,
                    "endpoint": {
                        "path": "serviceJobs/{resources.jobs.serviceJobId}",
                        "data_selector": "payload",
                        "paginator": "single_page",
                    },
                },
            ],
        }
    )  # fmt: skip
    del jobs
    return sum(1 for _ in details)


def _query(account: Account, start: datetime, end: datetime) -> dict[str, str]:
    return {
        "marketplaceIds": account.marketplace_ids[0],
        "createdAfter": start.isoformat().replace("+00:00", "Z"),
        "createdBefore": end.isoformat().replace("+00:00", "Z"),
        "pageSize": "20",
    }
