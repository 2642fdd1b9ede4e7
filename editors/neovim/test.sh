#!/usr/bin/env bash
# A headless Neovim with this folder as its plugin, and the server that is named or built:
#
#   editors/neovim/test.sh [RQLC]
set -euo pipefail
rqlc=$(realpath "${1:-target/debug/rqlc}")
cd "$(dirname "$0")"
command -v nvim >/dev/null || { echo "NOT RUN: nvim is not on the PATH"; exit 75; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/bin" "$scratch/plugin/parser" "$scratch/work"
ln -s "$rqlc" "$scratch/bin/rqlc"
[ ! -e ../tree-sitter-rql/rql.so ] || cp ../tree-sitter-rql/rql.so "$scratch/plugin/parser/rql.so"
printf 'db = "sqlite::memory:"\n' >"$scratch/work/noctra.toml"
printf 'CREATE TABLE people (id INTEGER, name TEXT, born DATE);\nSELECT naem FROM people;\n' >"$scratch/work/q.rql"
printf '[fields.a]\ntype = "integer"\n[actions.b]\ndefalt = true\nsql = "SELECT 1"\n' >"$scratch/work/form.toml"
PATH=$scratch/bin:$PATH RQL_TEST_FOLDER=$scratch/work XDG_DATA_HOME=$scratch/data XDG_STATE_HOME=$scratch/state \
  timeout 120 nvim --headless --clean --cmd "set rtp^=$PWD,$scratch/plugin" --cmd 'filetype plugin on' -c 'luafile test/editor.lua'
