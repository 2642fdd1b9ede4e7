#!/usr/bin/env bash
# Finds what `noctra` runs at every start and while the usual rows pass, and writes its names to src/cli/first.txt, which
# src/cli/build.rs lays side by side in the program. Needs valgrind and sqlite3, and the release build's minutes.
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

traced() {
  valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$scratch/$((++runs)).out" \
    "$program" "$scratch/rows.db" "$@" >"$scratch/said"
}
runs=0
traced -c 'SELECT 1'
for format in box csv jsonl; do
  traced --format "$format" -c 'SELECT id, price, name, day FROM r'
done
for sum in part price; do
  traced --format csv -c "SELECT id, RUNSUM($sum) OVER (PARTITION BY part ORDER BY id) FROM r"
done

# Callgrind names an object file and a function once, by a number from then on. What differs from one compiler to the next
# in a name, its hash, becomes a *.
awk -v program="$(basename "$program")" '
  match($0, /^c?(ob|fn)=\([0-9]+\)/) {
    kind = substr($0, 1, index($0, "=") - 1); called = sub(/^c/, "", kind)
    key = substr($0, index($0, "("), RLENGTH - index($0, "(") + 1); name = substr($0, RLENGTH + 2)
    if (name != "") names[FILENAME, kind, key] = name
    if (called) next
    if (kind == "ob") { n = split(names[FILENAME, kind, key], path, "/"); own = path[n] == program }
    else if (own) print names[FILENAME, kind, key]
  }' "$scratch"/*.out |
  sed -E "s/'[0-9]+\$//; s/17h[0-9a-f]{16}E.*/17h*/; /^\(below main\)\$|^_start\$|^main\$|^0x/d" |
  LC_ALL=C sort -u >src/cli/first.txt
wc -l src/cli/first.txt
