"""The journal of writes that were sent to Amazon."""
