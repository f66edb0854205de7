FROM python:3.12-slim

RUN apt-get update && apt-get install --yes --no-install-recommends curl && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --home-dir /opt/airflow airflow \
    && mkdir --parents /warehouse /opt/airflow/logs && chown -R airflow /warehouse /opt/airflow
ENV AIRFLOW_HOME=/opt/airflow
WORKDIR /opt/services-warehouse

COPY requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt

COPY . ./
RUN pip install --no-cache-dir --no-deps --editable .

USER airflow
