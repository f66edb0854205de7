"""The living world behind the API: who works where, what happens to every job and when, what capacity is left.

All times inside are whole seconds since the epoch, UTC. Everything is a pure function of (seed, date), so that the same date
brings the same jobs however long the history and whatever the clock.
"""
