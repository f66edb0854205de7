"""Bodies that the Services API should never send: of the list of jobs, of one job, of slots and of capacity.

Each is JSON text, because half of a surrogate pair or NaN has no other form. `MARK` and `STREET` are personal: they are in places
where nothing personal is expected, and must not be stored.
"""

MARK = "a.buyer@example.com"
STREET = "Flat 2, 10 Acacia Avenue"
LONG = "x" * 10_000
DEEP = "[" * 60 + "]" * 60
HUGE = str(10**400)

# one job of a list between two good ones; what is told of it: a field in the quarantine, or a path in the drift
LISTED = {
    "a number": ("7", "serviceJobId"),
    "a null": ("null", "serviceJobId"),
    "a list": (f'["{STREET}"]', "serviceJobId"),
    "a text": (f'"{MARK}"', "serviceJobId"),
    "no id": (f'{{"serviceJobStatus": "HOLD", "buyer": {{"name": "{MARK}"}}}}', "serviceJobId"),
    "an id that is a list": (f'{{"serviceJobId": ["{MARK}"]}}', "serviceJobId"),
    "an id that is true": ('{"serviceJobId": true}', "serviceJobId"),
    "an empty id": ('{"serviceJobId": ""}', "serviceJobId"),
    "an id that is a number": ('{"serviceJobId": 12345}', "detail"),
    "an id of 10,000 characters": (f'{{"serviceJobId": "{LONG}"}}', "detail"),
    "an id that is a path": ('{"serviceJobId": "../../etc/passwd"}', "detail"),
    "an id with quotes of SQL": ("""{"serviceJobId": "b'; drop table raw.service_jobs; --"}""", "detail"),
    "an id with NUL": ('{"serviceJobId": "b\\u0000c"}', "detail"),
    "an id with half a surrogate pair": ('{"serviceJobId": "b\\ud800c"}', "serviceJobId"),
    "the marketplace of another account": ('{"serviceJobId": "b", "marketplaceId": "A1PA6795UKMFR9"}', "marketplaceId"),
}

# the detail of the job "b", and what is told of it
DETAILS = {
    "empty": ("{}", "detail"),
    "of another job": ('{"serviceJobId": "another", "serviceJobStatus": "HOLD"}', "detail"),
    "an entity that nobody knows": (f'{{"serviceInvoice": {{"name": "{MARK}"}}}}', "detail"),
    "half a surrogate pair in a title": ('{"scopeOfWork": {"title": "Assembly \\ud83d today"}}', "scopeOfWork.title"),
    "the other half of it": ('{"scopeOfWork": {"title": "\\udc00"}}', "scopeOfWork.title"),
    "half a pair in a status": ('{"serviceJobStatus": "HO\\ud800LD"}', "serviceJobStatus"),
    "NUL in a title": ('{"scopeOfWork": {"title": "Assem\\u0000bly"}}', None),
    "NaN": ('{"payments": [{"amount": {"value": NaN, "currency": "USD"}}]}', "payments[1].amount.value"),
    "Infinity": ('{"payments": [{"amount": {"value": -Infinity}}]}', "payments[1].amount.value"),
    "a number of 400 digits": (f'{{"scopeOfWork": {{"quantity": {HUGE}}}}}', "scopeOfWork.quantity"),
    "a number of 5,000 digits": (f'{{"scopeOfWork": {{"quantity": {"9" * 5_000}}}}}', "detail|scopeOfWork.quantity"),
    "a float without an end": ('{"scopeOfWork": {"quantity": 1e999}}', "scopeOfWork.quantity"),
    "a quantity of 2**63": (f'{{"scopeOfWork": {{"quantity": {2**63}}}}}', "scopeOfWork.quantity"),
    "a quantity of letters": (f'{{"scopeOfWork": {{"quantity": "{STREET}"}}}}', "scopeOfWork.quantity"),
    "a scope that is a list": (f'{{"scopeOfWork": ["{STREET}"]}}', "scopeOfWork"),
    "a status that is an object": (f'{{"serviceJobStatus": {{"value": "{MARK}"}}}}', "serviceJobStatus"),
    "a status that nobody knows": ('{"serviceJobStatus": "TELEPORTED"}', "drift serviceJobStatus"),
    "a time in the year 0": ('{"createTime": "0000-01-01T00:00:00Z"}', "createTime"),
    "a time in the year 1": ('{"createTime": "0001-01-01T00:00:00+14:00"}', "createTime"),
    "the last second there is": ('{"createTime": "9999-12-31T23:59:59-12:00"}', "createTime"),
    "a time in the year 12026": ('{"createTime": "12026-01-01T00:00:00Z"}', "createTime"),
    "a time that is a number": ('{"createTime": 1764028800}', "createTime"),
    "a duration of 2**63": (
        '{"appointments": [{"appointmentTime": {"startTime": "2026-10-01T10:00Z", "durationInMinutes": 9223372036854775808}}]}',
        "appointments[1].appointmentTime.durationInMinutes",
    ),
    "a duration of 2**62": (
        '{"appointments": [{"appointmentTime": {"startTime": "9999-01-01T10:00Z", "durationInMinutes": 4611686018427387904}}]}',
        None,
    ),
    "appointments that are an object": (f'{{"appointments": {{"customer": "{MARK}"}}}}', "appointments"),
    "appointments of every type": (f'{{"appointments": [null, 7, "{MARK}", [], true]}}', "appointments[2]"),
    "a thousand appointments": ('{"appointments": [' + ",".join(['{"appointmentId": "same"}'] * 1_000) + "]}", None),
    "technicians that are a text": (
        f'{{"appointments": [{{"assignedTechnicians": "{MARK}"}}]}}',
        "appointments[1].assignedTechnicians",
    ),
    "a proof that is true": ('{"appointments": [{"poa": true}]}', "appointments[1].poa"),
    "nested deep": (f'{{"serviceJobStatus": "HOLD", "linkedThings": {DEEP}}}', "drift linkedThings"),
    "a title of a million characters": ('{"scopeOfWork": {"title": "' + "y" * 1_000_000 + '"}}', None),
    "a field name that is a person": (f'{{"serviceJobStatus": "HOLD", "{MARK}": 1}}', "drift"),
    "a buyer that is a text": (f'{{"buyer": "{MARK}"}}', "buyer"),
    "a location that is a list": (f'{{"serviceLocation": ["{STREET}"]}}', "serviceLocation"),
    "items that are numbers": ('{"associatedItems": [1, 2]}', "associatedItems[1]"),
    "every field null": ('{"serviceJobStatus": "HOLD", "appointments": null, "buyer": null, "scopeOfWork": null}', None),
}

# whole pages of the list: which words the window's error has, or None where it is read
PAGES = {
    "no body": ("{}", "neither jobs nor a total"),
    "jobs that are a text": (f'{{"jobs": "{MARK}", "totalResultSize": 1}}', "jobs is of another type"),
    "jobs that are an object": (f'{{"jobs": {{"a": "{STREET}"}}, "totalResultSize": 1}}', "jobs is of another type"),
    "a negative total": ('{"jobs": [{"serviceJobId": "a"}], "totalResultSize": -1}', "1 different jobs were read of -1"),
    "a total of letters": (f'{{"jobs": [], "totalResultSize": "{STREET}"}}', "totalResultSize is not a number"),
    "a total that is NaN": ('{"jobs": [], "totalResultSize": NaN}', "totalResultSize is not a finite number"),
    "a total that is a half": ('{"jobs": [], "totalResultSize": 0.5}', "totalResultSize is not a whole number"),
    "a total of 400 digits": (f'{{"jobs": [], "totalResultSize": {HUGE}}}', "totalResultSize is"),
    "a total that is a list": ('{"jobs": [], "totalResultSize": [1]}', "totalResultSize is not a number"),
    "a total that is larger": ('{"jobs": [{"serviceJobId": "a"}], "totalResultSize": 2}', "1 different jobs were read of 2"),
    "ids that come twice": (
        '{"jobs": [{"serviceJobId": "a"}, {"serviceJobId": "a"}], "totalResultSize": 2}', "1 different jobs were read of 2"
    ),
    "a token that is a number": (
        '{"jobs": [{"serviceJobId": "a"}], "totalResultSize": 2, "nextPageToken": 7}', "nextPageToken is of another type"
    ),
    "a token that is an object": (
        f'{{"jobs": [{{"serviceJobId": "a"}}], "totalResultSize": 2, "nextPageToken": {{"t": "{MARK}"}}}}',
        "nextPageToken is of another type",
    ),
    "a token that repeats": (
        '{"jobs": [{"serviceJobId": "a"}], "totalResultSize": 9, "nextPageToken": "t"}', "gave a token that was given before"
    ),
    "an empty page that goes on": ('{"jobs": [], "totalResultSize": 9, "nextPageToken": "t"}', "held no job that was not"),
    "jobs that are null": ('{"jobs": null, "totalResultSize": 0}', None),
    "a total as a text": ('{"jobs": [{"serviceJobId": "a"}], "totalResultSize": "1"}', None),
    "no total": ('{"jobs": [{"serviceJobId": "a"}]}', None),
}  # fmt: skip

_SLOT = '"startTime": "2026-10-01T13:00:00Z", "endTime": "2026-10-01T14:00:00Z"'
# slots of a store, and what is told of them
SLOTS = {
    "slots that are a text": (f'{{"appointmentSlots": "{MARK}"}}', "appointmentSlots"),
    "slots of every type": (f'{{"appointmentSlots": [null, 7, "{STREET}", []]}}', "appointmentSlots[]"),
    "a capacity of 2**63": (f'{{"appointmentSlots": [{{{_SLOT}, "capacity": {2**63}}}]}}', "appointmentSlots[].capacity"),
    "a capacity that is NaN": (f'{{"appointmentSlots": [{{{_SLOT}, "capacity": NaN}}]}}', "appointmentSlots[].capacity"),
    "a start that is none": (f'{{"appointmentSlots": [{{"startTime": "{STREET}"}}]}}', "appointmentSlots[].startTime"),
    "a type that is an object": (f'{{"schedulingType": {{"a": "{MARK}"}}, "appointmentSlots": []}}', "schedulingType"),
}
# capacity of a resource, likewise
CAPACITY = {
    "capacities of every type": (f'{{"capacities": [null, 7, "{MARK}", []]}}', "capacities[]"),
    "no start": ('{"capacities": [{"scheduledCapacity": 4}]}', "capacities[]"),
    "a payload beside it": ('{"capacities": [], "payload": [1]}', "drift payload"),
    "a capacity of letters": (
        f'{{"capacities": [{{"startDateTime": "2026-10-01T13:00:00Z", "scheduledCapacity": "{STREET}"}}]}}',
        "capacities[].scheduledCapacity",
    ),
    "a duration of 2**63": (f'{{"slotDuration": {2**63}, "capacities": []}}', "slotDuration"),
    "a token of another type": ('{"capacities": [], "nextPageToken": [7]}', "error EndlessPaging"),
}
