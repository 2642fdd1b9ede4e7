#!/usr/bin/env bash
# Makes a folder that Zed installs as a dev extension: the extension, with the grammar and its parser in a repository
# of its own, which Zed compiles.
#
#   editors/zed/package.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${1:?the folder to make}
[ ! -e "$folder" ] || { echo "package: $folder is there already" >&2; exit 1; }
[ -f editors/tree-sitter-rql/src/parser.c ] || scripts/tree-sitter.sh --only
mkdir -p "$folder/grammar"
folder=$(cd "$folder" && pwd)

cp -r editors/tree-sitter-rql/{grammar.js,grammar,src,tree-sitter.json} "$folder/grammar/"
git -C "$folder/grammar" init -q
git -C "$folder/grammar" add -A
git -C "$folder/grammar" -c user.name=rql -c user.email=rql@localhost -c commit.gpgsign=false commit -qm "The grammar and its parser"
revision=$(git -C "$folder/grammar" rev-parse HEAD)

cp -r editors/zed/{Cargo.toml,src,languages} "$folder/"
cp editors/tree-sitter-rql/queries/{highlights,injections}.scm "$folder/languages/rql/"
sed -e "s|REPOSITORY|file://$PWD|" -e "s|GRAMMAR|file://$folder/grammar|" -e "s|REVISION|$revision|" \
  editors/zed/extension.toml >"$folder/extension.toml"
echo "$folder: in Zed, \"zed: install dev extension\" takes it"
