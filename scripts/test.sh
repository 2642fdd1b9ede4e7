#!/usr/bin/env bash
# Installs what the tests need, then runs every test of the workspace. Arguments go to `cargo test`:
#
#   scripts/test.sh                  everything
#   scripts/test.sh -p rql-grammar   one crate
#
# Tests over the corpora look in $NOCTRA_CORPORA (default: ../shared/corpora beside this clone) and
# say NOT RUN where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --tests

. scripts/toolchain.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ $# -gt 0 ] || set -- --workspace

status=0
# The output of passing tests is shown too: the rates over the corpora and what was not run.
cargo test --no-fail-fast "$@" -- --show-output 2>&1 | tee "$log" || status=$?

# One closing line over all test programs, in the form of each one's own.
awk '
  /^test result: / {
    programs++
    for (i = 3; i < NF; i++) {
      if ($(i + 1) ~ /^passed/) passed += $i
      if ($(i + 1) ~ /^failed/) failed += $i
      if ($(i + 1) ~ /^ignored/) ignored += $i
    }
  }
  /NOT RUN/ { not_run++ }
  END {
    if (not_run) printf "\nnot run here: %d (see NOT RUN above)\n", not_run
    printf "\nall tests: %s. %d passed; %d failed; %d ignored; %d test programs\n",
      (failed || !programs || status) ? "FAILED" : "ok", passed, failed, ignored, programs
  }
' status="$status" "$log"
exit "$status"
