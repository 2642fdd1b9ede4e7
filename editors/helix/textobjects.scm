; What is selected and walked by: `mif`, `]f` and the like.
(statement) @class.around
(form_action) @function.around
(macro) @function.around
(cte) @function.around
(comment) @comment.around
(form_field) @entry.around
(column_definition) @entry.around
(select_item) @parameter.inside
