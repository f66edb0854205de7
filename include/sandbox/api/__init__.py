"""The API in front of the world: authorization, limits, validation, the 17 operations, faults, the request log."""
