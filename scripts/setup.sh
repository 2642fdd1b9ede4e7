#!/usr/bin/env bash
# Installs what Noctra needs and this machine lacks, on Debian and its kin; elsewhere it says what to
# install. Rust itself is taken as given (rust-toolchain.toml names the version).
#
#   scripts/setup.sh          what building and running needs: a C compiler, the ncurses headers
#   scripts/setup.sh --duckdb and DuckDB's library, which is loaded when a database of it is opened
#   scripts/setup.sh --tests  and what the tests need: that, servers of PostgreSQL and MariaDB, PgBouncer,
#                             the sqlite3 shell, Neovim, Emacs with Eglot, tmux
#
# Running it again does nothing. It asks for root rights (sudo) only when something is missing.
set -euo pipefail

# The library as its makers ship it for Node, by the registry's ordinary client: nothing is compiled.
duckdb=@duckdb/node-bindings
duckdb_version=1.5.6-r.1

fetch_duckdb() {
  local folder=${XDG_DATA_HOME:-$HOME/.local/share}/noctra/lib system machine name=libduckdb.so scratch
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=darwin name=libduckdb.dylib ;;
    *) echo "setup: no DuckDB library for this system; NOCTRA_DUCKDB_LIBRARY names one" >&2 && return 0 ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    *) machine=arm64 ;;
  esac
  [ ! -e "$folder/$name" ] || return 0
  if ! command -v npm >/dev/null; then
    echo "setup: npm is not on the PATH: DuckDB's library is left out (NOCTRA_DUCKDB_LIBRARY names one)" >&2
    return 0
  fi
  echo "setup: fetching DuckDB's library"
  scratch=$(mktemp -d)
  if (cd "$scratch" && npm pack --silent "$duckdb-$system-$machine@$duckdb_version" >/dev/null &&
    tar xzf ./*.tgz "package/$name"); then
    mkdir -p "$folder"
    # Whole or not at all: another program may be opening it.
    mv "$scratch/package/$name" "$folder/.$name.$$" && mv "$folder/.$name.$$" "$folder/$name"
  else
    echo "setup: DuckDB's library could not be fetched" >&2
  fi
  rm -rf "$scratch"
}

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
  need mariadb-server any_file /usr/sbin/mariadbd "$(command -v mariadbd || echo /nowhere)"
  need pgbouncer any_file /usr/sbin/pgbouncer "$(command -v pgbouncer || echo /nowhere)"
  need sqlite3 command -v sqlite3
  need neovim command -v nvim
  need emacs-nox command -v emacs
  # A part of Emacs from 29 on.
  need elpa-eglot any_file '/usr/share/emacs/site-lisp/elpa/eglot-*' '/usr/share/emacs/*/lisp/progmodes/eglot.el*'
  need tmux command -v tmux
fi

if ! command -v cargo >/dev/null; then
  echo "setup: cargo is not on the PATH; install Rust first (https://rustup.rs)" >&2
  exit 1
fi
case ${1:-} in
  --duckdb | --tests) fetch_duckdb ;;
esac
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if [ "$(uname -s)" != Linux ]; then
  echo "setup: not Linux: nothing is installed; tests that find no server say NOT RUN" >&2
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
# No service of the system's starts: where Debian asks first, the answer is 101 (policy-rc.d's manual).
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod 755 $policy
  trap 'as_root rm -f $policy' EXIT
fi
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
