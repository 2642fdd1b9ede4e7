#!/usr/bin/env bash
# Makes the editors' parser from editors/tree-sitter-rql and tests it:
#
#   scripts/tree-sitter.sh            generates src/parser.c, runs the corpus, holds it to the compiler
#   scripts/tree-sitter.sh --only     generates src/parser.c and builds rql.so beside the grammar
#
# The generator is taken from the PATH, else from the build cache, else cargo installs it there (some minutes, once).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/toolchain.sh

version=0.27.1
cache=${NOCTRA_CACHE:-$HOME/.cache/noctra}
tool=$(command -v tree-sitter || true)
if [ -z "$tool" ]; then
  tool=$cache/tools/bin/tree-sitter
  if [ ! -x "$tool" ]; then
    echo "tree-sitter: building the generator"
    cargo install -q --locked "tree-sitter-cli@$version" --no-default-features --root "$cache/tools" || exit 75
  fi
fi
# It evaluates grammar.js with node.
command -v node >/dev/null || { echo "tree-sitter: node is not on the PATH"; exit 75; }

grammar=$PWD/editors/tree-sitter-rql
(cd "$grammar" && "$tool" generate --abi 14 && "$tool" build -o rql.so)
[ "${1:-}" != --only ] || exit 0

(cd "$grammar" && "$tool" test)
helix=$(mktemp -d)
trap 'rm -rf "$helix"' EXIT
editors/helix/queries.sh "$helix"
# Names of another editor would colour nothing in Helix.
unknown='@(number|property|keyword\.(conditional|repeat|import)|local\.definition\.(var|parameter|field)|indent\.\w+)\b'
! grep -nE "$unknown([^.]|$)" "$helix"/*.scm || { echo "tree-sitter: names that Helix has not"; exit 1; }
for query in "$grammar"/queries/*.scm editors/zed/languages/rql/*.scm "$helix"/*.scm; do
  "$tool" query --quiet --lib-path "$grammar/rql.so" --lang-name rql "$query" rql-examples/*.rql >/dev/null
done
NOCTRA_TREE_SITTER=$tool NOCTRA_TREE_SITTER_RQL=$grammar/rql.so \
  cargo test -q -p noctra-testsuite --test tree_sitter -- --nocapture
