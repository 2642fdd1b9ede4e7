; What is sent as it is, is the backend's SQL.
((native_text) @injection.content
 (#set! injection.language "sql"))

((comment) @injection.content
 (#set! injection.language "comment"))
