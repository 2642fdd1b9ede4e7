#!/usr/bin/env bash
# Writes the queries of editors/tree-sitter-rql with the names that Helix has for what they mark:
#
#   editors/helix/queries.sh FOLDER        FOLDER is ~/.config/helix/runtime/queries/rql
set -euo pipefail
folder=${1:?the folder to write to}
cd "$(dirname "$0")"
mkdir -p "$folder"

# Ours, and Helix's. Where Helix knows only the first part of a name it takes the colour of that.
names() {
  cat <<'NAMES'
number                       constant.numeric
property                     variable.other.member
function.call                function
keyword.conditional          keyword.control.conditional
keyword.repeat               keyword.control.repeat
keyword.import               keyword.control.import
local.definition.var         local.definition.variable
local.definition.parameter   local.definition.variable.parameter
local.definition.field       local.definition.variable.other.member
indent.begin                 indent
indent.branch                outdent
indent.end                   outdent
NAMES
}

renamed=$(names | sed -E 's/\./\\./g; s/^(\S+) +(\S+)$/s#@\1([^.a-z]|$)#@\2\\1#/')
for query in highlights locals injections indents; do
  # What is not indented has no name there.
  sed -E -e '/@indent\.ignore/d' -e "$renamed" "../tree-sitter-rql/queries/$query.scm" >"$folder/$query.scm"
done
cp textobjects.scm "$folder/"
