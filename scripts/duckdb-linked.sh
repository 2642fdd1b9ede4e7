#!/usr/bin/env bash
# Builds the runtime with DuckDB linked in (docs/decisions/0012), to the library that scripts/setup.sh --duckdb fetches
# or to that in DUCKDB_LIB_DIR, and runs DuckDB's tests on it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/toolchain.sh

export DUCKDB_LIB_DIR=${DUCKDB_LIB_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/noctra/lib}
# Where the programs that are built find it; and nothing else may be found.
export LD_LIBRARY_PATH=$DUCKDB_LIB_DIR NOCTRA_DUCKDB_LIBRARY=/nowhere
exec cargo test -p noctra-runtime --features duckdb-linked --test duckdb "$@"
