#!/usr/bin/env bash
# Tests the packed extension in the real workbench, in headless Chromium. Heavy (300 MB of packages, a minute), so
# a command of its own and no stage of .ci/run:
#
#   editors/vscode/test/workbench/run.sh X.vsix [PICTURES]
set -euo pipefail
vsix=$(realpath "$1")
pictures=${2:-$(mktemp -d)}
mkdir -p "$pictures"
pictures=$(realpath "$pictures")
cd "$(dirname "$0")"
command -v "${CHROMIUM:-/usr/bin/chromium}" >/dev/null || { echo "NOT RUN: no chromium"; exit 75; }

# Its native parts are built against the headers of the node that is here; nothing is downloaded beside the packages.
workbench=${NOCTRA_CACHE:-$HOME/.cache/noctra}/workbench
code=$workbench/node_modules/code-server/lib/vscode
if [ ! -e "$workbench/ready" ]; then
  mkdir -p "$workbench"
  cp package.json "$workbench/"
  (cd "$workbench" && npm install --ignore-scripts --no-audit --no-fund)
  (cd "$code" && npm install --omit=dev --ignore-scripts --no-audit --no-fund)
  for module in @vscode/spdlog native-watchdog node-pty; do
    (cd "$code/node_modules/$module" && npx --yes node-gyp rebuild --nodedir=/usr)
  done
  touch "$workbench/ready"
fi

scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$scratch"' EXIT
mkdir "$scratch/work"
printf 'db = "sqlite::memory:"\n' >"$scratch/work/noctra.toml"
printf 'CREATE TABLE people (id INTEGER, name TEXT, born DATE);\nSELECT naem FROM people;\n' >"$scratch/work/wrong.rql"
printf "CREATE TABLE people (id INTEGER, name TEXT, born DATE);\nLET n = 20;\nSELECT :n + 1 AS answer, 'it’s <b>text</b>' AS note;\n" \
  >"$scratch/work/right.rql"
printf '[fields.a]\ntype = "integer"\n[actions.b]\ndefalt = true\nsql = "SELECT 1"\n' >"$scratch/work/form.toml"
place=(--server-data-dir "$scratch/server" --user-data-dir "$scratch/user" --extensions-dir "$scratch/extensions"
  --accept-server-license-terms --telemetry-level off)
node "$code/out/server-main.js" "${place[@]}" --install-extension "$vsix"
port=$((20000 + RANDOM % 20000))
node "$code/out/server-main.js" "${place[@]}" --host 127.0.0.1 --port "$port" --without-connection-token \
  --disable-workspace-trust >"$scratch/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
  if node -e "fetch('http://127.0.0.1:$port/').then(() => process.exit(0), () => process.exit(1))"; then break; fi
done
cp drive.mjs "$workbench/"
status=0
(cd "$workbench" && node drive.mjs "http://127.0.0.1:$port/?folder=$scratch/work" "$pictures") || status=$?
echo "pictures in $pictures"
[ "$status" -eq 0 ] || tail -20 "$scratch/server.log"
exit "$status"
