; What an editor can fold away.
[
  (statement)
  (subquery)
  (cte)
  (case)
  (block)
  (form_action)
  (table_elements)
  (template)
  (comment)
  (native_text)
] @fold
