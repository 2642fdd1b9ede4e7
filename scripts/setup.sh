#!/usr/bin/env bash
# Installs what Noctra needs and this machine lacks, on Debian and its kin; elsewhere it says what to
# install. Rust itself is taken as given (rust-toolchain.toml names the version).
#
#   scripts/setup.sh          what building and running needs: a C compiler, the ncurses headers
#   scripts/setup.sh --tests  and what the tests need: a PostgreSQL server, the sqlite3 shell
#
# Running it again does nothing. It asks for root rights (sudo) only when something is missing.
set -euo pipefail

missing=()

# need PACKAGE COMMAND… : the package is missing where the command fails.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

# A file that any of the patterns names.
any_file() { compgen -G "$1" || { shift && [ $# -gt 0 ] && any_file "$@"; }; }

need gcc command -v cc
need libc6-dev any_file '/usr/include/stdio.h' '/usr/include/*/stdio.h'
need libncurses-dev any_file '/usr/include/ncurses.h' '/usr/include/*/ncurses.h'

if [ "${1:-}" = --tests ]; then
  # Only the programs are wanted: the tests start servers of their own on private directories.
  need postgresql any_file '/usr/lib/postgresql/*/bin/initdb' "$(command -v initdb || echo /nowhere)"
  need sqlite3 command -v sqlite3
fi

if ! command -v cargo >/dev/null; then
  echo "setup: cargo is not on the PATH; install Rust first (https://rustup.rs)" >&2
  exit 1
fi
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if [ "$(uname -s)" != Linux ]; then
  echo "setup: not Linux: nothing is installed; tests that find no PostgreSQL say NOT RUN" >&2
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "setup: please install what corresponds to Debian's: ${missing[*]}" >&2
  exit 1
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
