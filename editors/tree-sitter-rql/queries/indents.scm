; Where a line begins further right, and where it comes back.
[
  (subquery)
  (table_elements)
  (arguments)
  (tuple)
  (case)
  (if)
  (for)
  (form)
] @indent.begin

[")" "]" "}" "END" "ELSE" "ELSIF" "ELSEIF"] @indent.branch
")" @indent.end
[(comment) (string) (native_text)] @indent.ignore
