"""What the figures of the page mean, by the names that the page gives them."""

from include.dashboard.days import COUNTS
from include.warehouse import descriptions, measures

# figures that are computed on the page, and columns of the marts: their doc block is named
BLOCKS = {
    "jobs_waiting": ("Jobs waiting", "page_jobs_waiting"),
    "booked_ahead": ("Booked ahead", "page_booked_ahead"),
    "revenue": ("Revenue", "page_revenue"),
    "moved": ("Moved and cancelled", "page_moved"),
    "interval": ("95% interval", "page_interval"),
    "verdict": ("Verdict", "page_verdict"),
    "change": ("Compared with before", "page_change"),
    "action": ("Action", "action"),
    "overdue": ("Overdue", "page_overdue"),
    "schedule": ("Technicians' schedule", "technician_schedule"),
    "is_double_booked": ("Double-booked", "is_double_booked"),
    "gap_minutes": ("Gap", "gap_minutes"),
    "fulfillment_break": ("Fulfillment breaks", "fulfillment_break"),
    "demand": ("Demand against capacity", "page_demand"),
}


def definitions() -> dict[str, dict[str, str]]:
    """`label` and `text`, in Markdown, of each figure by its name."""
    rates = {name: rate.label for name, rate in measures.rates().items()}
    counts = {name: name.replace("_", " ").capitalize() for name in COUNTS}
    figures = {name: {"label": label, "text": descriptions.describe(name)} for name, label in (counts | rates).items()}
    blocks = descriptions.doc_blocks()
    return figures | {name: {"label": label, "text": blocks[block]} for name, (label, block) in BLOCKS.items()}
