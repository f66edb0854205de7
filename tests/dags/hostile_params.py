"""Configurations that no one should start a run with: for each DAG its task, what it is given, and what the refusal says."""

RANGE = {"start": "2026-10-01T00:00:00Z", "end": "2026-10-20T00:00:00Z"}
SECRET = "4f1c9e70a3b2d85c6677aa10ffee9911"
PERSON = "amzn1.buyer.Jane-Roe"
HUGE = ["x" * 100] * 20_000
FOLDER = "SERVICES_INPUT_DIR"

BACKFILL = {
    "dry_run as a text": ({**RANGE, "dry_run": "false"}, "`dry_run` should be true or false"),
    "dry_run as a number": ({**RANGE, "dry_run": 1}, "`dry_run` should be true or false"),
    "dry_run as a list": ({**RANGE, "dry_run": []}, "`dry_run` should be true or false"),
    "job_ids_file as a number": ({"job_ids_file": 17}, "job_ids_file.*of type int"),
    "job_ids_file as nought": ({"job_ids_file": 0}, "job_ids_file.*of type int"),
    "job_ids_file as false": ({"job_ids_file": False}, "job_ids_file.*of type bool"),
    "job_ids_file as a list": ({"job_ids_file": ["ids.csv"]}, "job_ids_file.*of type list"),
    "job_ids_file as an empty list": ({"job_ids_file": []}, "job_ids_file.*of type list"),
    "job_ids_file with NUL": ({"job_ids_file": "ids\0.csv"}, "job_ids_file.*cannot be printed"),
    "job_ids_file that is blank": ({"job_ids_file": " "}, "job_ids_file"),
    "job_ids_file that leaves": ({"job_ids_file": "../../../../../../etc/passwd"}, FOLDER),
    "job_ids_file as an environment": ({"job_ids_file": "/proc/self/environ"}, FOLDER),
    "job_ids_file as a device": ({"job_ids_file": "/dev/zero"}, FOLDER),
    "job_ids_file as a key": ({"job_ids_file": "KEY"}, FOLDER),
    "job_ids_file that is endless": ({"job_ids_file": "x" * 100_000}, "job_ids_file"),
    "job_ids as a text": ({"job_ids": "job-1"}, "`job_ids` should be a list of texts"),
    "job_ids as an object": ({"job_ids": {}}, "`job_ids` should be a list of texts"),
    "job_ids of nothing": ({"job_ids": [None]}, "`job_ids` should be a list of texts"),
    "job_ids of lists": ({"job_ids": [["a"]]}, "`job_ids` should be a list of texts"),
    "job_ids with NUL": ({"job_ids": ["a\0b"]}, "`job_ids` should be a list of texts"),
    "job_ids with half a surrogate pair": ({"job_ids": ["a\ud800"]}, "`job_ids` should be a list of texts"),
    "job_ids without end": ({"job_ids": HUGE}, "`job_ids` holds 20,000 texts; at most 10,000"),
    "accounts as a number": ({**RANGE, "accounts": 5}, "`accounts` should be a list of texts"),
    "accounts as nought": ({**RANGE, "accounts": 0}, "`accounts` should be a list of texts"),
    "accounts without end": ({**RANGE, "accounts": HUGE[:5_000]}, "`accounts` names"),
    "entities as a text": ({**RANGE, "entities": "jobs"}, "`entities` should be a list of texts"),
    "entities twice": ({**RANGE, "entities": ["jobs", "jobs"]}, "only 'jobs' can be backfilled"),
    "by as a list": ({**RANGE, "by": ["updated"]}, "`by` should be"),
    "by as nothing like it": ({**RANGE, "by": ""}, "`by` should be"),
    "max_share as not a number": ({**RANGE, "max_share": float("nan")}, "`max_share` should be above 0"),
    "max_share without end": ({**RANGE, "max_share": float("inf")}, "`max_share` should be above 0"),
    "max_share as true": ({**RANGE, "max_share": True}, "`max_share` should be above 0"),
    "max_share as a text": ({**RANGE, "max_share": "0.5"}, "`max_share` should be above 0"),
    "a start in the first year": ({**RANGE, "start": "0001-01-01"}, "`start`.*2000 to 2099"),
    "an end in the last year": ({**RANGE, "end": "9999-12-31T23:59:59Z"}, "`end`.*2000 to 2099"),
    "a day that is none": ({**RANGE, "end": "2026-02-30"}, "`end` should be a time in ISO 8601"),
    "a start as a number": ({**RANGE, "start": 20261001}, "`start` should be a time"),
    "a start as not a number": ({**RANGE, "start": float("nan")}, "`start` should be a time"),
    "a start as a list": ({**RANGE, "start": HUGE}, "`start` should be a time"),
    "a start as true": ({**RANGE, "start": True}, "`start` should be a time"),
    "a start without end": ({**RANGE, "start": "2" * 1_000_000}, "`start` should be a time"),
    "a start with NUL": ({**RANGE, "start": "2026-10-01\0"}, "`start` should be a time"),
}
RETENTION = {
    "a number": ({"buyer_id": 17}, "`buyer_id` should be a text"),
    "a list": ({"buyer_id": [PERSON]}, "`buyer_id` should be a text"),
    "an empty list": ({"buyer_id": []}, "`buyer_id` should be a text"),
    "false": ({"buyer_id": False}, "`buyer_id` should be a text"),
    "NUL": ({"buyer_id": f"{PERSON}\0"}, "`buyer_id` should be a text"),
    "without end": ({"buyer_id": PERSON * 1_000}, "`buyer_id` should be a text"),
}
ROLLBACK = {
    "a number": ({"rollback": 0}, "`rollback` should be a text"),
    "false": ({"rollback": False}, "`rollback` should be a text"),
    "a list": ({"rollback": ["previous"]}, "`rollback` should be a text"),
    "NUL": ({"rollback": "services\0.duckdb"}, "`rollback` should be a text"),
    "without end": ({"rollback": "x" * 10_000}, "`rollback` should be a text"),
    "a path that leaves": ({"rollback": "../../services.duckdb"}, "There is no"),
    "a pattern": ({"rollback": "*"}, "There is no"),
}
SCORECARD = {
    "a number": ({"account": 5}, "`account` should be a text"),
    "a list": ({"account": []}, "`account` should be a text"),
    "NUL": ({"account": "a\0"}, "`account` should be a text"),
    "without end": ({"account": "x" * 10_000}, "`account` should be a text"),
    "mail_again as a text": ({"mail_again": "false"}, "`mail_again` should be true or false"),
    "mail_again as a number": ({"mail_again": 1}, "`mail_again` should be true or false"),
}
TABLE = {"account": "amazon_services_default", "file": "t.csv", "table": None}
ASSIGN = {
    "dry_run as a text": ({**TABLE, "dry_run": "false"}, "`dry_run` should be true or false"),
    "dry_run as a number": ({**TABLE, "dry_run": 0}, "`dry_run` should be true or false"),
    "no file": ({**TABLE, "file": ""}, "`file` should be the path"),
    "a file as a number": ({**TABLE, "file": 3}, "`file` should be a text"),
    "a file as a list": ({**TABLE, "file": ["t.csv"]}, "`file` should be a text"),
    "a file with NUL": ({**TABLE, "file": "t\0.csv"}, "`file` should be a text"),
    "a file that leaves": ({**TABLE, "file": "../../../../../../../../etc/passwd"}, FOLDER),
    "a key": ({**TABLE, "file": "KEY"}, FOLDER),
    "a table as a number": ({**TABLE, "table": 1}, "`table` should be a text"),
    "a table that is SQL": ({**TABLE, "table": "t; drop table u"}, "schema.table"),
    "an account as a number": ({**TABLE, "account": 1}, "`account` should be a text"),
    "no account": ({**TABLE, "account": ""}, "`account` should name a connection"),
}
SCHEDULES = {
    "apply as a text": ({**TABLE, "apply": "false"}, "`apply` should be true or false"),
    "apply as a number": ({**TABLE, "apply": 1}, "`apply` should be true or false"),
    "allow_removal as a text": ({**TABLE, "allow_removal": "true"}, "`allow_removal` should be true or false"),
    "a horizon as a text": ({**TABLE, "horizon_days": "28"}, "`horizon_days` should be a whole number from 1 to 365"),
    "a horizon as true": ({**TABLE, "horizon_days": True}, "`horizon_days` should be a whole number"),
    "a horizon of a fraction": ({**TABLE, "horizon_days": 0.5}, "`horizon_days` should be a whole number"),
    "a horizon without end": ({**TABLE, "horizon_days": 10**30}, "`horizon_days` should be a whole number"),
    "a horizon as not a number": ({**TABLE, "horizon_days": float("nan")}, "`horizon_days` should be a whole number"),
    "a marketplace as a list": ({**TABLE, "marketplace_id": ["ATVPDKIKX0DER"]}, "`marketplace_id` should be a text"),
    "a file that leaves": ({**TABLE, "file": "/dev/zero"}, FOLDER),
}
CASES = {
    ("amazon_services_backfill", "accounts"): BACKFILL,
    ("amazon_services_retention", "remove_personal_data"): RETENTION,
    ("amazon_services_warehouse", "roll_back"): ROLLBACK,
    ("amazon_services_scorecard", "due"): SCORECARD,
    ("amazon_services_assign", "plan"): ASSIGN,
    ("amazon_services_schedules", "difference"): SCHEDULES,
}
