"""The demonstration: a local Services API, a real Airflow, eight weeks of service jobs, and the published warehouse.

python -m include.demo run      everything, then stop
python -m include.demo up       everything, and keep it running
python -m include.demo down     stop what is running
python -m include.demo clean    remove its Airflow home and its warehouse
"""
