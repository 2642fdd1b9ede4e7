#!/usr/bin/env bash
# Checks that the compiler crates build for wasm32-unknown-unknown: no C, no files, no threads.
#
# Uses the target where the toolchain has it (`rustup target add wasm32-unknown-unknown`); else, on
# Debian, the compiler and the source of the standard library from the packages rustc-web and
# rust-web-src, unpacked (not installed) into the cache. Exit code 75: neither can be had here.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/toolchain.sh

target=wasm32-unknown-unknown
crates=(-p rql-lexer -p rql-ast -p rql-diagnostics -p rql-grammar)
for more in rql-ir rql-codegen rql rql-forms rql-ide; do
  grep -q "^$more = " Cargo.toml && cargo pkgid "$more" >/dev/null 2>&1 && crates+=(-p "$more")
done

if [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  exec cargo check -q --lib --target "$target" "${crates[@]}"
fi

cache=${NOCTRA_CACHE:-$HOME/.cache/noctra}/wasm
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/wasm
wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)

unpack() {
  local dir=$1 version
  command -v apt-get >/dev/null || return 1
  version=$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: \([0-9]*\.[0-9]*\).*/\1/p')
  if [ "$(printf '%s\n' "$wanted" "${version:-0}" | sort -V | head -n 1)" != "$wanted" ]; then
    echo "wasm: rustc-web here is ${version:-absent}, wanted is $wanted or later" >&2
    return 1
  fi
  rm -rf "$dir" && mkdir -p "$dir/debs"
  (cd "$dir/debs" && apt-get download -q=2 rustc-web rust-web-src libstd-rust-web-dev \
    "libstd-rust-web-$version" libllvm"$(apt-cache depends "libstd-rust-web-$version" |
      sed -n 's/.*Depends: libllvm//p')") || return 1
  local deb
  for deb in "$dir"/debs/*.deb; do
    dpkg -x "$deb" "$dir/root" || return 1
  done
  rm -r "$dir/debs"
  touch "$dir/complete"
}

if [ ! -e "$cache/complete" ]; then
  if ! unpack "$cache" 2>/dev/null; then
    # The list of packages may be old.
    { [ "$(id -u)" -eq 0 ] && apt-get update -qq && unpack "$cache"; } || {
      echo "wasm: NOT RUN: no $target here and no Debian packages to build it from" >&2
      exit 75
    }
  fi
fi

export RUSTC="$cache/root/usr/bin/rustc" RUSTC_BOOTSTRAP=1
export LD_LIBRARY_PATH="$cache/root/usr/lib/$(uname -m)-linux-gnu"
unset RUSTC_WRAPPER
exec cargo check -q --lib --target "$target" -Z build-std=std,panic_abort "${crates[@]}"
