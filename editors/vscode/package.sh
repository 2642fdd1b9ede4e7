#!/usr/bin/env bash
# Packs the extension with the programs inside, for one platform:
#
#   ./package.sh [PLATFORM [FOLDER]]     PLATFORM as vsce names it (linux-x64, darwin-arm64, win32-x64…), by default this
#                                        machine's; FOLDER holds rqlc and noctra for it, by default ../../target/release
set -euo pipefail
cd "$(dirname "$0")"

this_platform() {
  local system machine
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) system=win32 ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    *) machine=arm64 ;;
  esac
  echo "$system-$machine"
}

platform=${1:-$(this_platform)}
folder=${2:-../../target/release}
ending=
[[ $platform != win32-* ]] || ending=.exe

rm -rf bin
mkdir bin
for program in rqlc noctra; do
  if [ ! -x "$folder/$program$ending" ]; then
    echo "package: there is no $program$ending in $folder" >&2
    exit 1
  fi
  install -m 755 "$folder/$program$ending" bin/
done
cp ../../LICENSE-MIT ../../LICENSE-APACHE .
trap 'rm -f LICENSE-MIT LICENSE-APACHE' EXIT

[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund
npm run --silent bundle
npx vsce package --target "$platform" --no-dependencies --allow-missing-repository --skip-license -o "noctra-rql-$platform.vsix"
