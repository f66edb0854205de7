"""A local imitation of Amazon's Selling Partner API for Services, strict by the published model.

A world of stores, technicians and service jobs, generated from a seed, changes with time (`world/`). The API (`api/`) reads and
changes it by the published rules and limits, with injected faults. `truth/` computes what a warehouse should contain.
Start it with `python -m include.sandbox --help`.
"""
