"""The bundle for Apache Superset, in the format of its own export and import: one module for each kind of its files."""
