"""How the warehouse works: plain Python that runs without Airflow, in a notebook, a test or a script."""
