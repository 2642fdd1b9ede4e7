//! `quote_ident` where no session has it: a name stays as it is where it is plain and no keyword.

/// PostgreSQL's keywords that are more than a name somewhere, which `quote_ident` puts between quotes.
#[rustfmt::skip]
pub const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
    "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select", "session_user",
    "setof", "similar", "smallint", "some", "substring", "symmetric", "table", "tablesample", "then",
    "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
    "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes",
    "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi",
    "xmlroot", "xmlserialize", "xmltable",
];

/// `quote_ident` of `value`, by a condition that holds for plain names.
pub(crate) fn named(value: &str, plain: &str, joined: [&str; 3]) -> String {
    let words: Vec<_> = KEYWORDS.iter().map(|word| format!("'{word}'")).collect();
    let [open, between, close] = joined;
    format!(
        "CASE WHEN {plain} AND {value} NOT IN ({}) THEN {value} WHEN {value} IS NOT NULL \
         THEN {open}'\"'{between}replace({value}, '\"', '\"\"'){between}'\"'{close} END",
        words.join(", ")
    )
}
