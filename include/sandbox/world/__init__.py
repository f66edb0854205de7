"""The world behind the API: stores and technicians, all changes of every job, and the capacity that is left.

All times are whole seconds since the epoch, UTC. Everything is a pure function of seed and date: a date brings the same jobs for
any length of history and any setting of the clock.
"""
