#!/bin/sh
# Makes the two database roles and the database of White Cross in a new PostgreSQL cluster, as its superuser.
# The official postgres image runs this once, while its data folder is empty; elsewhere run it by hand with
# POSTGRES_USER naming the superuser and PGHOST the server. The same roles as devtools/roles.py makes for ./dev.
set -eu
: "${DATABASE_OWNER_PASSWORD:?the password of whitecross_owner, which migrates}"
: "${DATABASE_SERVICE_PASSWORD:?the password of whitecross, which serves}"

# psql reads both passwords from its environment, so they are in no process list, and quotes them itself (:'…').
export DATABASE_OWNER_PASSWORD DATABASE_SERVICE_PASSWORD
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=template1 <<'SQL'
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv service_password DATABASE_SERVICE_PASSWORD

-- Keeps passwords out of the server's log for this session.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

CREATE ROLE whitecross_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE whitecross LOGIN PASSWORD :'service_password';

CREATE DATABASE whitecross OWNER whitecross_owner;
REVOKE ALL ON DATABASE whitecross FROM PUBLIC;
-- TEMPORARY: large loads go through a table of their own session.
GRANT CONNECT, TEMPORARY ON DATABASE whitecross TO whitecross;
GRANT pg_read_all_stats TO whitecross;

-- For /api/admin/database/health. It needs shared_preload_libraries = pg_stat_statements to tell anything.
\connect whitecross
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
