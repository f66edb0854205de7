"""Reads what users give to a run: its parameters, and the files that its configuration names."""
