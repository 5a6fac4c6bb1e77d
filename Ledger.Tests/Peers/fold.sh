#!/usr/bin/env bash
# Loads a day's activity (tab-separated) into a PostgreSQL of its own in memory-like settings and runs the fold's distinct group-by.
# Prints the time and writes the rows as text: account, kind, units; one row a line, in order. fold.sh FOLDER BIN-FOLDER
set -euo pipefail
folder=$1 bin=$2
data=$folder/pg
as() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
mkdir -p "$data"
[ "$(id -u)" -ne 0 ] || chown -R postgres:postgres "$data"
chmod 755 "$folder"
as "$bin/initdb" -D "$data/db" -A trust -U postgres --no-sync >"$folder/pg.log" 2>&1
as "$bin/pg_ctl" -D "$data/db" -w -l "$data/server.log" -o "-c listen_addresses='' -c unix_socket_directories=$data -c fsync=off -c shared_buffers=2GB -c work_mem=1GB -c max_parallel_workers_per_gather=2" start >>"$folder/pg.log" 2>&1
trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop >>"$folder/pg.log" 2>&1' EXIT
sql() { as "$bin/psql" -h "$data" -U postgres -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
sql -c 'CREATE UNLOGGED TABLE activity (account integer, kind smallint, target integer)'
sql -c '\copy activity FROM STDIN' <"$folder/activity.tsv"
sql -c 'ANALYZE activity'
started=$(date +%s%N)
sql -c 'CREATE UNLOGGED TABLE uniq AS SELECT account, kind, count(DISTINCT target) AS units FROM activity GROUP BY account, kind'
ended=$(date +%s%N)
sql -F ' ' -c 'SELECT account, kind, units FROM uniq ORDER BY account, kind' >"$folder/postgres"
echo "$(( (ended - started) / 1000000 ))"
