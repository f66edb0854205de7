# the index of all platforms: the tag says what it is, the digest which. To renew it, put the digest here that
# `docker buildx imagetools inspect python:3.12-slim-bookworm` names (likewise postgres in docker-compose.yaml)
FROM python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254

RUN apt-get update && apt-get install --yes --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
# volumes take their owner from these folders when they are first used
RUN useradd --create-home --home-dir /opt/airflow airflow \
    && mkdir --parents /warehouse /opt/airflow/logs && chown -R airflow /warehouse /opt/airflow
ENV AIRFLOW_HOME=/opt/airflow PYTHONUTF8=1
WORKDIR /opt/services-warehouse

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . ./
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
# the user may read the code and not change it: it is compiled here, and readable also where the checkout was private
RUN chmod -R a+rX . && python -m compileall -q dags include plugins

USER airflow
