//! JSON.

use crate::Func;
use crate::function::words::*;

rows! { DOCUMENT_ROWS: Func, Document {
    JsonGet ["->"] Sometimes [sig(&[J, T], JSON), sig(&[J, I4], JSON)],
        Infix("->", 7) [W, W, N, U, W, U],
        "a member or element", "'{\"a\": [1, 2]}'::json -> 'a'" = "\"[1, 2]\"";
    JsonGetText ["->>"] Sometimes [sig(&[J, T], TEXT), sig(&[J, I4], TEXT)],
        Infix("->>", 7) [W, W, N, U, W, U],
        "a member or element as text", "'{\"a\": \"ö\"}'::json ->> 'a'" = "ö";
    JsonPath ["#>"] Sometimes [sig(&[J, TEXTS], JSON)],
        Infix("#>", 7) [R("rql_json_path"), W, N, U, X, U],
        "what a path leads to", "'{\"a\": [1, 2]}'::json #> '{a,1}'" = "2";
    JsonPathText ["#>>"] Sometimes [sig(&[J, TEXTS], TEXT)],
        Infix("#>>", 7) [R("rql_json_path_text"), W, N, U, X, U],
        "what a path leads to, as text", "'{\"a\": {\"b\": \"ö\"}}'::json #>> '{a,b}'" = "ö";
    JsonTypeof ["json_typeof", "jsonb_typeof"] Strict [sig(&[J], TEXT)],
        Call("json_typeof") [R("rql_json_typeof"), W, N, U, W, U],
        "kind of a document", "json_typeof('[1, 2]'::json)" = "array";
    JsonArrayLength ["json_array_length", "jsonb_array_length"] Strict [sig(&[J], INT4)],
        Call("json_array_length") [R("rql_json_array_length"), W, N, U, W, U],
        "number of elements", "json_array_length('[1, [2, 3]]'::json)" = "2";
    JsonStripNulls ["json_strip_nulls"] Strict [sig(&[J], JSON)],
        Call("json_strip_nulls") [R("rql_json_strip_nulls"), X, N, U, X, U],
        "a document without the members that are null", "json_strip_nulls('{\"a\": 1, \"b\": null}'::json)"
            = "\"{\"\"a\"\":1}\"";
    JsonBuildObject ["json_build_object"] Never [sig(&[], JSON), many(&[ANY], JSON)],
        Call("json_build_object") [W, W, N, U, W, U],
        "a document of names and values",
        "json_build_object('a', 1, 'b', NULL)" = "\"{\"\"a\"\" : 1, \"\"b\"\" : null}\"";
    JsonBuildArray ["json_build_array"] Never [sig(&[], JSON), many(&[ANY], JSON)],
        Call("json_build_array") [W, W, N, U, W, U],
        "a document of values", "json_build_array(1, 'a', true)" = "\"[1, \"\"a\"\", true]\"";
    ToJson ["to_json"] Strict [sig(&[ANY], JSON)],
        Call("to_json") [W, W, N, U, W, U],
        "a value as a document", "to_json('it \"is\"'::text)" = "\"\"\"it \\\"\"is\\\"\"\"\"\"";
}}
