#!/usr/bin/env bash
# Tests what lies in editors/ with what this machine has: the extension for VS Code (types, view, colours), the mode for
# Emacs, the plugin for Neovim and the profiles of four clients against a built rqlc. What is not installed is said and left out.
set -euo pipefail
cd "$(dirname "$0")/.."

vscode() {
  command -v npm >/dev/null || { echo "NOT RUN: vscode: npm is not on the PATH"; return; }
  cd editors/vscode
  npm ci --ignore-scripts --no-audit --no-fund --silent
  npm test --silent
}

emacs_mode() {
  command -v emacs >/dev/null || { echo "NOT RUN: emacs is not on the PATH"; return; }
  emacs -Q --batch -L editors/emacs -l editors/emacs/test.el
  local rqlc=${CARGO_TARGET_DIR:-$PWD/target}/debug/rqlc status=0
  [ -x "$rqlc" ] || { echo "NOT RUN: emacs with the server: there is no $rqlc"; return; }
  # -q and not -Q, which would not find the Eglot of the system's packages.
  RQLC=$rqlc emacs -q --batch -L editors/emacs -l editors/emacs/test-server.el || status=$?
  [ $status = 75 ] || return $status
}

neovim() {
  local rqlc=${CARGO_TARGET_DIR:-target}/debug/rqlc
  command -v nvim >/dev/null || { echo "NOT RUN: nvim is not on the PATH"; return; }
  [ -x "$rqlc" ] || { echo "NOT RUN: neovim: there is no $rqlc"; return; }
  editors/neovim/test.sh "$rqlc"
}

clients() {
  local rqlc=${CARGO_TARGET_DIR:-$PWD/target}/debug/rqlc venv=${NOCTRA_CACHE:-$HOME/.cache/noctra}/clients
  [ -x "$rqlc" ] || { echo "NOT RUN: clients: there is no $rqlc"; return; }
  if [ ! -x "$venv/bin/pytest" ]; then
    python3 -m venv "$venv" && "$venv/bin/pip" install -q -r editors/clients/requirements.txt ||
      { echo "NOT RUN: clients: pytest could not be installed"; return; }
  fi
  RQLC=$rqlc "$venv/bin/pytest" -q -p no:cacheprovider editors/clients
}

(vscode)
emacs_mode
neovim
clients
