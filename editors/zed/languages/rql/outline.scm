; What a text defines, for the outline and the path above the text.
(let "LET" @context name: (identifier) @name) @item
(param "PARAM" @context name: (identifier) @name) @item
(macro "MACRO" @context name: (identifier) @name) @item
(cte name: (identifier) @name) @item
(form "FORM" @context name: (name) @name) @item
(form_field name: (identifier) @name) @item
(form_action name: (identifier) @name) @item
