; Where a line begins further right, and where it comes back.
(subquery ")" @end) @indent
(table_elements ")" @end) @indent
(arguments ")" @end) @indent
(tuple ")" @end) @indent
(case "END" @end) @indent
