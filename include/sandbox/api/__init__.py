"""The API in front of the world: access, limits, validation, the 17 operations, faults, the request log."""
