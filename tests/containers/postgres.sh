#!/usr/bin/env bash
# What the image `postgres` does at its start, with the PostgreSQL of Debian: a new volume gets a cluster, prepared by a server
# that listens on a socket alone; then the server.
set -euo pipefail
data=/var/lib/postgresql/data
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
mkdir --parents /var/run/postgresql
chown postgres "$data" /var/run/postgresql
as_postgres() { chroot --userspec=postgres / env PGUSER="$POSTGRES_USER" "$@"; }
if [ ! -e "$data/PG_VERSION" ]; then
  password=$(mktemp)
  printf %s "$POSTGRES_PASSWORD" >"$password"
  chown postgres "$password"
  as_postgres initdb --no-sync --pgdata "$data" --username "$POSTGRES_USER" --pwfile "$password" \
    --auth-local trust --auth-host scram-sha-256
  rm "$password"
  echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
  as_postgres pg_ctl --pgdata "$data" --wait --options "-c listen_addresses=''" start
  sleep 2
  as_postgres createdb "$POSTGRES_DB"
  as_postgres pg_ctl --pgdata "$data" --wait stop
fi
exec chroot --userspec=postgres / postgres -D "$data" -c listen_addresses='*' -c fsync=off
