"""The seed of reason codes, held against the tables of Amazon's use case guide as the guide prints them.

Who is responsible for a code is the contract's, see docs/definitions.md.
"""

import csv

from include.warehouse.paths import PROJECT_DIR

RESCHEDULE_TYPES = ("default", "heavy_bulk", "recurring")
CANCEL_TYPES = ("default", "heavy_bulk")

# code, description, then the countries for each type of service
# fmt: off
RESCHEDULE = (
    ("RS1", "Customer requested", "", "DE", ""),
    ("RS2", "Product will not be delivered in time", "", "DE", ""),
    ("RS3", "Need follow-up visit", "", "DE", ""),
    ("RS4", "Provider cannot meet original appointment", "US AE JP", "US DE JP", "US JP"),
    ("RS5", "Product incompatible or broken", "", "DE", ""),
    ("RS6", "Work is different than scoped", "US IN UK DE AE JP", "US IN UK JP", ""),
    ("RS7", "Code not in use", "", "", ""),
    ("RS8", "No longer works with customer schedule", "UK DE", "US UK JP", "US JP"),
    ("RS9", "Problem with Amazon product or its delivery", "US IN UK DE AE JP", "US IN UK JP", ""),
    ("RS10", "Problem with non-Amazon product, delivery, or service", "US UK DE AE JP", "US UK JP", ""),
    ("RS11", "Customer didn't show up", "US IN UK DE AE JP", "US IN UK JP", "US JP"),
    ("RS12", "Provider cannot meet original appointment", "IN UK DE", "IN UK", ""),
    ("DRS1", "Unable to access location", "", "US JP", ""),
    ("DRS2", "Customer requested a future date", "", "US JP", ""),
    ("DRS3", "Customer declined", "", "US JP", ""),
    ("DRS4", "Delivery will be too late", "", "US JP", ""),
    ("DRS5", "Can't find access", "", "US JP", ""),
    ("DRS6", "Business closed", "", "US JP", ""),
    ("SRS1", "Customer requested cancellation", "", "US JP", ""),
)
CANCEL = (
    ("S1", "Customer didn't show up.", "US IN UK DE", "US IN UK DE"),
    ("S2", "Customer outside service area.", "", "DE"),
    ("S3", "Work is different than scoped and order cannot be completed.", "US IN UK DE", "US IN UK DE"),
    ("S4", "Provider unable to contact customer.", "", "DE"),
    ("S5", "Provider cannot meet customer's schedule.", "", "DE"),
    ("S6", "Job requires professional trade license.", "", "DE"),
    ("S13", "Provider cannot meet original appointment.", "US IN UK DE", "US IN UK"),
    ("S14", "Provider cannot meet new appointment request.", "US", "US"),
    ("S15", "Problem with Amazon product or its delivery.", "US IN UK DE", "US IN UK"),
    ("S16", "Problem with non-Amazon product, delivery, or service.", "US UK DE", "US UK"),
    ("S17", "I don't need this service.", "US IN", "US IN"),
    ("S20", "Too expensive.", "IN", "IN"),
    ("S27", "Brand installed.", "IN", "IN"),
    ("S28", "Coverage area changed.", "", ""),
    ("S29", "Pricing mistake.", "", ""),
    ("S30", "No longer works with customer schedule.", "", ""),
    ("S31", "Product damaged.", "IN", ""),
    ("S32", "Risky site.", "IN", ""),
    ("S33", "Customer wants cancellation.", "IN", ""),
    ("S34", "Site not ready.", "IN", ""),
    ("S35", "Product not delivered.", "IN", ""),
    ("S36", "Additional material needed.", "IN", ""),
    ("S37", "Customer wants reschedule.", "IN", ""),
    ("S38", "Product returned.", "IN", ""),
    ("S39", "We could not reach you.", "IN", ""),
    ("S40", "Service already completed.", "IN", ""),
    ("S41", "Service in another location.", "IN", ""),
    ("S42", "Needs revisit.", "IN", ""),
    ("S43", "Documents not available.", "IN", ""),
    ("S44", "Slot missed.", "IN", ""),
    ("S45", "Parts not available.", "IN", ""),
    ("S46", "Wrong completion.", "IN", ""),
    ("S47", "Need customer approval for repair.", "IN", ""),
    ("S51", "Installation done by third party and customer does not require installation.", "IN", ""),
    ("S52", "Product damaged, non-installable product, customer returned the product, or product gifted.", "IN", ""),
    ("S55", "Restriction on visit.", "IN", ""),
)
NOT_IN_USE = tuple(
    (f"S{number}", "Code not in use.", "", "") for number in (*range(7, 13), 18, 19, *range(21, 27), 48, 49, 50, 53, 54)
)
PARTIES = {
    "customer": "RS1 RS8 RS11 SRS1 DRS1 DRS2 DRS3 S1 S4 S17 S20 S30 S33 S34 S37 S38 S39 S41 S43 S47 S51",
    "provider": "RS4 RS12 S5 S13 S14 S28 S44 S45 S46",
    "amazon": "RS2 RS9 DRS4 S15 S35",
}
PARTY_OF = {code: party for party, codes in PARTIES.items() for code in codes.split()}
# fmt: on


def rows_of_the_guide():
    """Yield a row per valid combination; one without country and type for a code that is valid nowhere."""
    for kind, table, types in (("reschedule", RESCHEDULE, RESCHEDULE_TYPES), ("cancel", CANCEL + NOT_IN_USE, CANCEL_TYPES)):
        for code, description, *countries in table:
            valid = [(country, name) for name, names in zip(types, countries, strict=True) for country in names.split()]
            for country, service_type in valid or [("", "")]:
                yield kind, code, description, country, service_type, PARTY_OF.get(code, "other")


def test_the_seed_holds_what_the_guide_says():
    with (PROJECT_DIR / "dbt_project" / "seeds" / "reason_codes.csv").open(newline="") as file:
        seed = [tuple(row.values()) for row in csv.DictReader(file)]
    assert sorted(seed) == sorted(rows_of_the_guide())
