"""Brings a warehouse that an earlier version of the project filled in line with today's rules."""
