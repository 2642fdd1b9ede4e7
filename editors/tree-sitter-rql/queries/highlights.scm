; Colours. Words are keywords where the grammar takes them for such and nowhere else.

(comment) @comment
(string) @string
(native_text) @string.special
(number) @number
[(blob) (bits)] @string.special
(parameter) @variable.parameter
(placeholder) @variable.parameter
(position) @variable.parameter

[
  "CASE" "ELSE" "ELSEIF" "ELSIF" "END" "IF" "THEN" "WHEN"
] @keyword.conditional

[
  "FOR" "LOOP"
] @keyword.repeat

[
  "COPY" "EXPORT" "IMPORT" "INCLUDE"
] @keyword.import

[
  "AND" "ANY" "ASYMMETRIC" "BETWEEN" "COLLATE" "DIV" "ESCAPE" "EXISTS" "GLOB" "ILIKE" "IN" "IS" "ISNULL" "LIKE"
  "MATCH" "NOT" "NOTNULL" "OR" "OVERLAPS" "REGEXP" "RLIKE" "SIMILAR" "SOME" "SYMMETRIC"
] @keyword.operator

[
  "FALSE" "NULL" "TRUE"
] @constant.builtin

[
  "ABORT" "ACCESS" "ACTION" "ADD" "AGGREGATE" "ALGORITHM" "ALL" "ALTER" "ALWAYS" "ANALYSE" "ANALYZE" "ANTI" "ARRAY"
  "AS" "ASC" "ASOF" "ASSERT" "AT" "ATTACH" "AUTHORIZATION" "AUTOINCREMENT" "AUTO_INCREMENT" "BAR" "BEGIN" "BOTH"
  "BRANCH" "BREADTH" "BY" "CACHE" "CALL" "CASCADE" "CASCADED" "CAST" "CENTURIES" "CENTURY" "CHAIN" "CHANGE" "CHARACTER" "CHART"
  "CHECK" "CHECKPOINT" "CLOSE" "CLUSTER" "CLUSTERED" "COLLATION" "COLUMN" "COMMENT" "COMMIT" "CONCURRENTLY" "CONFLICT"
  "CONNECT" "CONNECTOR" "CONSTRAINT" "CONTINUE" "CONVERSION" "CREATE" "CROSS" "CURRENT" "CYCLE" "DATA" "DATABASE"
  "DAY" "DAYS" "DAY_HOUR" "DAY_MINUTE" "DAY_SECOND" "DEALLOCATE" "DECADE" "DECADES" "DECLARE" "DEFAULT" "DEFERRABLE"
  "DEFERRED" "DEFINER" "DELETE" "DELIMITER" "DEPTH" "DESC" "DESCRIBE" "DESIGN" "DETACH" "DETAIL" "DISABLE" "DISCARD" "DISCONNECT"
  "DISTINCT" "DO" "DOMAIN" "DOUBLE" "DROP" "DUPLICATE" "ENABLE" "ENFORCED" "EVENT" "EXCEPT" "EXCLUDE" "EXEC" "EXECFORM"
  "EXECUTE" "EXPLAIN" "EXPRESSION" "EXTENSION" "EXTERNAL" "FAIL" "FETCH" "FIELD" "FILTER" "FIRST" "FLUSH" "FOLLOWING"
  "FORCE" "FOREIGN" "FORM" "FROM" "FULL" "FULLTEXT" "FUNCTION" "GENERATED" "GLOBAL" "GRANT" "GROUP" "GROUPING" "GROUPS"
  "HANDLER" "HAVING" "HELP" "HISTOGRAM" "HOUR" "HOURS" "HOUR_MINUTE" "HOUR_SECOND" "IDENTITY" "IGNORE" "IMMEDIATE"
  "INCREMENT" "INDEX" "INDEXED" "INHERIT" "INITIALLY" "INNER" "INSERT" "INSTALL" "INSTANCE" "INTERSECT" "INTERVAL"
  "INTO" "JOIN" "JSON" "KEY" "KEYS" "KILL" "LAMBDA" "LANGUAGE" "LARGE" "LAST" "LATERAL" "LEADING" "LEFT" "LET" "LEVEL" "LIMIT"
  "LINE" "LISTEN" "LOAD" "LOCAL" "LOCK" "LOCKED" "LOGFILE" "LOGGED" "MACRO" "MAP" "MATCHED" "MATERIALIZED" "MAXVALUE"
  "MERGE" "MICROSECOND" "MICROSECONDS" "MILLENNIA" "MILLENNIUM" "MILLISECOND" "MILLISECONDS" "MINUS" "MINUTE"
  "MINUTES" "MINUTE_SECOND" "MINVALUE" "MONTH" "MONTHS" "MOVE" "NAME" "NATIVE" "NATURAL" "NEXT" "NFC" "NFD" "NFKC"
  "NFKD" "NO" "NOCACHE" "NORMALIZED" "NOTHING" "NOTIFY" "NOWAIT" "NULLS" "OBJECT" "OF" "OFFSET" "ON" "ONLY" "OPERATOR"
  "OPTIMIZE" "OPTION" "ORDER" "ORDINALITY" "OTHERS" "OUTER" "OUTPUT" "OVER" "OVERRIDING" "OWNED" "OWNER" "PARAM"
  "PARTITION" "PERCENT" "PERSISTENT" "PIVOT" "PLACING" "POLICY" "POSITIONAL" "PRAGMA" "PRECEDING" "PRECISION"
  "PREPARE" "PRESERVE" "PRIMARY" "PRINT" "PRIOR" "PRIVATE" "PROCEDURAL" "PROCEDURE" "PROGRAM" "PUBLICATION" "PURGE"
  "QUALIFY" "QUARTER" "QUARTERS" "RANGE" "REASSIGN" "RECURSIVE" "REFERENCES" "REFRESH" "REINDEX" "RELEASE" "RENAME"
  "REPAIR" "REPEATABLE" "REPLACE" "REPLICA" "RESET" "RESIGNAL" "RESOURCE" "RESPECT" "RESTART" "RESTRICT" "RETURNING" "REVOKE"
  "RIGHT" "ROLE" "ROLLBACK" "ROLLUP" "ROW" "ROWS" "RULE" "SAMPLE" "SAVEPOINT" "SCALAR" "SCATTER" "SCHEMA" "SEARCH" "SECOND"
  "SECONDS" "SECRET" "SECURITY" "SELECT" "SEMI" "SEPARATOR" "SEQUENCE" "SERVER" "SET" "SETS" "SHARE" "SHOW" "SIGNAL"
  "SKIP" "SOURCE" "SPARKLINE" "SPATIAL" "STAGE" "START" "STATISTICS" "STDOUT" "STORED" "STRAIGHT_JOIN" "STREAM"
  "SUBSCRIPTION" "SUMMARIZE" "SYNONYM" "SYSTEM" "TABLE" "TABLESAMPLE" "TABLESPACE" "TARGET" "TEMP" "TEMPORARY" "TEXT"
  "TIES" "TIME" "TO" "TRAILING" "TRANSACTION" "TRANSFORM" "TRIGGER" "TRUNCATE" "TRUSTED" "TRY_CAST" "TYPE" "UNBOUNDED"
  "UNCACHE" "UNION" "UNIQUE" "UNLISTEN" "UNLOCK" "UNLOGGED" "UNPIVOT" "UNSET" "UPDATE" "USE" "USER" "USING" "VACUUM"
  "VALID" "VALIDATE" "VALUE" "VALUES" "VARIADIC" "VARYING" "VIEW" "VIRTUAL" "WAREHOUSE" "WEEK" "WEEKS" "WHERE"
  "WINDOW" "WITH" "WITHIN" "WITHOUT" "WORK" "XA" "YEAR" "YEARS" "YEAR_MONTH" "ZONE"
] @keyword

[(template_else) (template_end)] @keyword.directive
(template_tag "}}" @keyword.directive)
(template_tag) @keyword.directive

["=" "*" "+" "-" "~" "?" "!" "!!" "@" "|/" "||/" "::" ":=" "=>" "%" "comparison" "multiplicative" "operator" "power"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" "." ":"] @punctuation.delimiter

; Names, by what they name.
(column (name (identifier) @variable))
(quoted_name) @variable
(type (name (identifier) @type.builtin))
(type (identifier) @type.builtin)
(typed_literal (name (identifier) @type.builtin))
(relation (name (identifier) @type))
(relation alias: (identifier) @type)
(table (name (identifier) @type))
(create_table (name (identifier) @type))
(create_view (name (identifier) @type))
(insert (name (identifier) @type))
(truncate (name (identifier) @type))
(references (name (identifier) @type))
(drop (name (identifier) @type))
(alter (name (identifier) @type))
(cte name: (identifier) @type)
(named_window name: (identifier) @type)

(call function: (name (identifier) @function.call .))
((call function: (name (identifier) @function.builtin .))
 (#match? @function.builtin "^([Rr][Uu][Nn])([Ss][Uu][Mm]|[Aa][Vv][Gg]|[Cc][Oo][Uu][Nn][Tt]|[Mm][Ii][Nn]|[Mm][Aa][Xx])$"))
(named_argument name: (identifier) @variable.parameter)

(column_definition name: (identifier) @property)
(target (name (identifier) @property))
(select_item alias: (identifier) @property)
(member (identifier) @property)
(attribute (identifier) @attribute)
(option (identifier) @attribute)
(chart_attribute (identifier) @attribute)
(chart_kind) @constant.builtin

(let name: (identifier) @variable)
(param name: (identifier) @variable.parameter)
(macro name: (identifier) @function)
(macro_parameter name: (identifier) @variable.parameter)
(for row: (identifier) @variable)
(form name: (name (identifier) @type))
(form_field name: (identifier) @property)
(form_action name: (identifier) @function)
(form_detail name: (name (identifier) @type))
