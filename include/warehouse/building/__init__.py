"""dbt builds: how one is run, which definitions it was made by, and what it changed since an audit last passed."""
