"""A local, strict, living imitation of Amazon's Selling Partner API for Services.

A seeded world of stores, technicians and service jobs lives through time (`world/`); the API (`api/`) answers about it and
changes it by the published rules, limits, faults and all; `truth/` computes what a warehouse should say of it.
Start it with `python -m include.sandbox --help`.
"""
