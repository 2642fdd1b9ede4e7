#!/usr/bin/env bash
# Writes the tables of TPC-H at scale 0.01, as the generator makes them from which the published answers
# come, to a folder: one file a table, a row a line, `|` between values.
#
#   scripts/tpch-tables.sh DIR      needs python3 with venv, and PyPI
#
# With NOCTRA_TPCH=DIR the test `tpch` compares all 22 answers whole.
set -euo pipefail
dir=${1:?a folder to write to}
mkdir -p "$dir"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q duckdb==1.5.5 duckdb-extension-tpch==1.5.5
"$dir/venv/bin/python" - "$dir" <<'PYTHON'
import importlib.util
import pathlib
import sys

import duckdb

folder = pathlib.Path(sys.argv[1])
package = pathlib.Path(importlib.util.find_spec("duckdb_extension_tpch").origin).parent
extension = next(package.rglob("tpch.duckdb_extension"))
db = duckdb.connect(config={"allow_unsigned_extensions": "true"})
db.execute(f"LOAD '{extension}'")
db.execute("CALL dbgen(sf=0.01)")
for (table,) in db.execute("SHOW TABLES").fetchall():
    with open(folder / f"{table}.tbl", "w", encoding="utf-8") as file:
        for row in db.execute(f"SELECT * FROM {table}").fetchall():
            file.write("|".join(map(str, row)) + "\n")
PYTHON
