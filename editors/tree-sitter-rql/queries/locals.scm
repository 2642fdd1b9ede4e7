; Which name is which: definitions, the places that use them, and how far they are seen.

(source_file) @local.scope
(block) @local.scope
(subquery) @local.scope
(macro) @local.scope
(form) @local.scope

(let name: (identifier) @local.definition.var)
(param name: (identifier) @local.definition.parameter)
(macro name: (identifier) @local.definition.function)
(macro_parameter name: (identifier) @local.definition.parameter)
(for row: (identifier) @local.definition.var)
(cte name: (identifier) @local.definition.type)
(relation alias: (identifier) @local.definition.type)
(named_window name: (identifier) @local.definition.type)
(form_field name: (identifier) @local.definition.field)

(column (name (identifier) @local.reference))
(relation (name (identifier) @local.reference))
(call function: (name (identifier) @local.reference))
