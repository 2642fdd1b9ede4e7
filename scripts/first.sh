#!/usr/bin/env bash
# Finds what `noctra` runs at every start and while the usual rows pass, and writes its names to src/cli/first.txt, which
# src/cli/build.rs lays side by side in the program. Needs valgrind and sqlite3, and the release build's minutes.
# Servers are looked at where FIRST_SERVERS names some by their URLs: `FIRST_SERVERS="postgres://… mariadb://…"`.
# Run it anew when the way of a statement has changed; names that are gone do no harm.
set -euo pipefail
cd "$(dirname "$0")/.."

# Laid out as it comes: valgrind knows no names in a section of another name than .text.
: >src/cli/first.txt
cargo build --release -q -p noctra --bin noctra
program=${CARGO_TARGET_DIR:-target}/release/noctra
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sqlite3 "$scratch/rows.db" "
CREATE TABLE r (id INTEGER PRIMARY KEY, price DECIMAL(10,2) NOT NULL, name TEXT NOT NULL, day DATE, part INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
INSERT INTO r SELECT i, i * 7919 % 1000 / 100.0, 'name ' || i, date('2000-01-01', '+' || i || ' days'), i % 100 FROM n;"

# traced RUNS ARGUMENT… : one of such runs.
traced() {
  local runs=$1
  shift
  valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$scratch/$runs.$((++count)).out" \
    "$program" "$@" >"$scratch/said"
}
count=0
file=$scratch/rows.db
traced start "$file" -c 'SELECT 1'
for format in box csv jsonl; do
  traced start "$file" --format "$format" -c 'SELECT id, price, name, day FROM r'
done
for sum in part price; do
  traced start "$file" --format csv -c "SELECT id, RUNSUM($sum) OVER (PARTITION BY part ORDER BY id) FROM r"
done
for server in ${FIRST_SERVERS:-}; do
  "$program" "$server" -c "DROP TABLE IF EXISTS noctra_first" -c "CREATE TABLE noctra_first AS
    SELECT i AS id, CAST(i * 7919 % 1000 / 100.0 AS DECIMAL(10, 2)) AS price, 'name ' || i AS name,
    DATE '2000-01-01' + i AS day FROM generate_series(1, 9000) AS n(i)"
  traced server "$server" --format csv -c 'SELECT id, price, name, day FROM noctra_first'
  "$program" "$server" -c "DROP TABLE noctra_first"
done

# names FILE…: of the program's functions that ran.
#
# Callgrind names an object file and a function once, by a number from then on. What differs from one compiler to the next
# in a name, its hash, becomes a *.
names() {
  awk -v program="$(basename "$program")" '
    match($0, /^c?(ob|fn)=\([0-9]+\)/) {
      kind = substr($0, 1, index($0, "=") - 1); called = sub(/^c/, "", kind)
      key = substr($0, index($0, "("), RLENGTH - index($0, "(") + 1); name = substr($0, RLENGTH + 2)
      if (name != "") names[FILENAME, kind, key] = name
      if (called) next
      if (kind == "ob") { n = split(names[FILENAME, kind, key], path, "/"); own = path[n] == program }
      else if (own) print names[FILENAME, kind, key]
    }' "$@" |
    sed -E "s/'[0-9]+\$//; s/17h[0-9a-f]{16}E.*/17h*/; /^\(below main\)\$|^_start\$|^main\$|^0x/d" |
    LC_ALL=C sort -u
}
names "$scratch"/start.*.out >"$scratch/start"
cp "$scratch/start" src/cli/first.txt
# Behind that, so that a start without a server maps none of it.
if [ -n "${FIRST_SERVERS:-}" ]; then
  names "$scratch"/server.*.out | LC_ALL=C comm -13 "$scratch/start" - >>src/cli/first.txt
fi
wc -l src/cli/first.txt
