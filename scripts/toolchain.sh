# Sourced by the other scripts. Where the pinned toolchain is neither there nor to be fetched, an
# installed stable of the same version does.
pinned=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
if ! cargo --version >/dev/null 2>&1 &&
  cargo +stable --version 2>/dev/null | grep -qF "cargo $pinned "; then
  export RUSTUP_TOOLCHAIN=stable
fi
