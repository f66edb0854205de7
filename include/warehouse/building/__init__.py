"""Runs dbt builds, and tracks by which definitions each was made and what it changed since an audit last passed."""
