//! JSON: documents as they were written, and JSONB, which is what they say.

use crate::Func;
use crate::function::words::*;

rows! { DOCUMENT_ROWS: Func, Document {
    JsonGet ["->"] Sometimes [sig(&[J, T], JSON), sig(&[J, I4], JSON), sig(&[JB, T], JSONB), sig(&[JB, I4], JSONB)],
        Infix("->", 7) [W, W, N, U, W, U],
        "a member or element", "'{\"a\": [1, 2]}'::json -> 'a'" = "\"[1, 2]\"";
    JsonGetText ["->>"] Sometimes [sig(&[J, T], TEXT), sig(&[J, I4], TEXT), sig(&[JB, T], TEXT), sig(&[JB, I4], TEXT)],
        Infix("->>", 7) [W, W, N, U, W, U],
        "a member or element as text", "'{\"a\": \"ö\"}'::json ->> 'a'" = "ö";
    JsonPath ["#>"] Sometimes [sig(&[J, TEXTS], JSON), sig(&[JB, TEXTS], JSONB)],
        Infix("#>", 7) [R("rql_json_path"), W, N, U, W, U],
        "what a path leads to", "'{\"a\": [1, 2]}'::json #> '{a,1}'" = "2";
    JsonPathText ["#>>"] Sometimes [sig(&[J, TEXTS], TEXT), sig(&[JB, TEXTS], TEXT)],
        Infix("#>>", 7) [R("rql_json_path_text"), W, N, U, W, U],
        "what a path leads to, as text", "'{\"a\": {\"b\": \"ö\"}}'::json #>> '{a,b}'" = "ö";
    JsonTypeof ["json_typeof"] Strict [sig(&[J], TEXT)],
        Call("json_typeof") [R("rql_json_typeof"), W, N, U, W, U],
        "kind of a document", "json_typeof('[1, 2]'::json)" = "array";
    JsonArrayLength ["json_array_length"] Strict [sig(&[J], INT4)],
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
    ToJson ["to_json", "row_to_json"] Strict [sig(&[ANY], JSON)],
        Call("to_json") [W, W, N, U, W, U],
        "a value as a document", "to_json('it \"is\"'::text)" = "\"\"\"it \\\"\"is\\\"\"\"\"\"";
    JsonObject ["json_object"] Strict [sig(&[TEXTS], JSON), sig(&[TEXTS, TEXTS], JSON)],
        Call("json_object") [R("rql_json_object"), X, N, U, X, U],
        "a document of an array of names and values, or of an array of each",
        "json_object(ARRAY['a', '1', 'b', NULL])" = "\"{\"\"a\"\" : \"\"1\"\", \"\"b\"\" : null}\"";
    ArrayToJson ["array_to_json"] Strict [sig(&[ARR], JSON)],
        Call("array_to_json") [W, X, N, U, X, U],
        "an array as a document", "array_to_json(ARRAY[1, NULL, 3])" = "\"[1,null,3]\"";
}}

rows! { JSONB_ROWS: Func, Document {
    JsonbTypeof ["jsonb_typeof"] Strict [sig(&[JB], TEXT)],
        Call("jsonb_typeof") [R("rql_json_typeof"), W, N, U, W, U],
        "kind of a document", "jsonb_typeof('[1, 2]'::jsonb)" = "array";
    JsonbArrayLength ["jsonb_array_length"] Strict [sig(&[JB], INT4)],
        Call("jsonb_array_length") [R("rql_json_array_length"), W, N, U, W, U],
        "number of elements", "jsonb_array_length('[1, [2, 3]]'::jsonb)" = "2";
    JsonbStripNulls ["jsonb_strip_nulls"] Strict [sig(&[JB], JSONB)],
        Call("jsonb_strip_nulls") [R("rql_jsonb_strip_nulls"), X, N, U, X, U],
        "a document without the members that are null", "jsonb_strip_nulls('{\"b\": null, \"a\": [null]}'::jsonb)"
            = "\"{\"\"a\"\": [null]}\"";
    JsonbBuildObject ["jsonb_build_object"] Never [sig(&[], JSONB), many(&[ANY], JSONB)],
        Call("jsonb_build_object") [W, W, N, U, W, U],
        "a document of names and values",
        "jsonb_build_object('b', 1, 'a', NULL)" = "\"{\"\"a\"\": null, \"\"b\"\": 1}\"";
    JsonbBuildArray ["jsonb_build_array"] Never [sig(&[], JSONB), many(&[ANY], JSONB)],
        Call("jsonb_build_array") [W, W, N, U, W, U],
        "a document of values", "jsonb_build_array(1, 'a', true)" = "\"[1, \"\"a\"\", true]\"";
    ToJsonb ["to_jsonb"] Strict [sig(&[ANY], JSONB)],
        Call("to_jsonb") [W, W, N, U, W, U],
        "a value as a document", "to_jsonb('it \"is\"'::text)" = "\"\"\"it \\\"\"is\\\"\"\"\"\"";
    JsonbObject ["jsonb_object"] Strict [sig(&[TEXTS], JSONB), sig(&[TEXTS, TEXTS], JSONB)],
        Call("jsonb_object") [R("rql_jsonb_object"), X, N, U, X, U],
        "a document of an array of names and values, or of an array of each",
        "jsonb_object(ARRAY['b', 'a'], ARRAY['1', NULL])" = "\"{\"\"a\"\": null, \"\"b\"\": \"\"1\"\"}\"";
    JsonbContains ["@>"] Strict [sig(&[JB, JB], BOOL)],
        Infix("@>", 7) [R("rql_jsonb_contains"), W, N, U, W, U],
        "document has all that another has", "'{\"a\": 1, \"b\": [2, 3]}'::jsonb @> '{\"b\": [3]}'" = "t";
    JsonbContained ["<@"] Strict [sig(&[JB, JB], BOOL)],
        Infix("<@", 7) [W, W, N, U, W, U],
        "all that a document has is in another", "'[1]'::jsonb <@ '[1, 2]'" = "t";
    JsonbHas ["?"] Strict [sig(&[JB, T], BOOL)],
        Infix("?", 7) [R("rql_jsonb_has"), W, N, U, W, U],
        "document has a name, or a text among its elements", "'{\"a\": 1}'::jsonb ? 'a'" = "t";
    JsonbHasAny ["?|"] Strict [sig(&[JB, TEXTS], BOOL)],
        Infix("?|", 7) [R("rql_jsonb_has_any"), W, N, U, W, U],
        "document has one of these names", "'{\"a\": 1}'::jsonb ?| ARRAY['z', 'a']" = "t";
    JsonbHasAll ["?&"] Strict [sig(&[JB, TEXTS], BOOL)],
        Infix("?&", 7) [R("rql_jsonb_has_all"), W, N, U, W, U],
        "document has all of these names", "'{\"a\": 1}'::jsonb ?& ARRAY['z', 'a']" = "f";
    JsonbConcat ["||"] "jsonb || jsonb → jsonb" Strict [],
        Infix("||", 7) [R("rql_jsonb_concat"), W, N, U, W, U],
        "two documents as one; of equal names the last",
        "'{\"a\": 1}'::jsonb || '{\"a\": 2, \"b\": 3}'" = "\"{\"\"a\"\": 2, \"\"b\"\": 3}\"";
    JsonbMinus ["-"] Strict [sig(&[JB, T], JSONB), sig(&[JB, I4], JSONB)],
        Infix("-", 8) [R("rql_jsonb_minus"), W, N, U, W, U],
        "document without a name, a text or the element at a place", "'{\"a\": 1, \"b\": 2}'::jsonb - 'a'"
            = "\"{\"\"b\"\": 2}\"";
    JsonbMinusAll ["-"] Strict [sig(&[JB, TEXTS], JSONB)],
        Infix("-", 8) [R("rql_jsonb_minus_all"), W, N, U, W, U],
        "document without these names or texts", "'[\"a\", \"b\", 1]'::jsonb - ARRAY['a', 'b']" = "[1]";
    JsonbMinusPath ["#-"] Strict [sig(&[JB, TEXTS], JSONB)],
        Infix("#-", 7) [R("rql_jsonb_minus_path"), W, N, U, W, U],
        "document without what a path leads to", "'{\"a\": [1, 2]}'::jsonb #- '{a,0}'" = "\"{\"\"a\"\": [2]}\"";
    JsonbSet ["jsonb_set"] Strict [sig(&[JB, TEXTS, JB], JSONB), sig(&[JB, TEXTS, JB, B], JSONB)],
        Call("jsonb_set") [R("rql_jsonb_set"), W, N, U, W, U],
        "document with another value where a path leads; a missing one is made unless the last argument is false",
        "jsonb_set('{\"a\": 1}'::jsonb, '{b}', '2')" = "\"{\"\"a\"\": 1, \"\"b\"\": 2}\"";
    JsonbSetLax ["jsonb_set_lax"] Sometimes [
        sig(&[JB, TEXTS, JB], JSONB), sig(&[JB, TEXTS, JB, B], JSONB), sig(&[JB, TEXTS, JB, B, T], JSONB),
    ],
        Call("jsonb_set_lax") [R("rql_jsonb_set_lax"), X, N, U, X, U],
        "jsonb_set that takes NULL: use_json_null, raise_exception, delete_key or return_target",
        "jsonb_set_lax('{\"a\": 1}'::jsonb, '{a}', NULL)" = "\"{\"\"a\"\": null}\"";
    JsonbInsert ["jsonb_insert"] Strict [sig(&[JB, TEXTS, JB], JSONB), sig(&[JB, TEXTS, JB, B], JSONB)],
        Call("jsonb_insert") [R("rql_jsonb_insert"), W, N, U, W, U],
        "document with one value more, before the place of a path or behind it",
        "jsonb_insert('[1, 3]'::jsonb, '{1}', '2')" = "\"[1, 2, 3]\"";
    JsonbPretty ["jsonb_pretty"] Strict [sig(&[JB], TEXT)],
        Call("jsonb_pretty") [R("rql_jsonb_pretty"), X, N, U, X, U],
        "document on lines of its own", "jsonb_pretty('[1]'::jsonb)" = "\"[\n    1\n]\"";
    JsonbPathFinds ["@?"] Sometimes [sig(&[JB, T], BOOL)],
        Infix("@?", 7) [R("rql_jsonb_path_finds"), X, W, U, X, U],
        "a path of SQL/JSON finds something", "'{\"a\": 1}'::jsonb @? '$.a'" = "t";
    JsonbPathHolds ["@@"] Sometimes [sig(&[JB, T], BOOL)],
        Infix("@@", 7) [R("rql_jsonb_path_holds"), X, W, U, X, U],
        "a condition of SQL/JSON holds", "'{\"a\": 1}'::jsonb @@ '$.a > 0'" = "t";
    JsonbPathExists ["jsonb_path_exists"] Sometimes [
        sig(&[JB, T], BOOL), sig(&[JB, T, JB], BOOL), sig(&[JB, T, JB, B], BOOL),
    ],
        Call("jsonb_path_exists") [R("rql_jsonb_path_exists"), X, W, U, X, U],
        "a path of SQL/JSON finds something; its variables are a document",
        "jsonb_path_exists('{\"a\": 1}'::jsonb, '$.a ? (@ > $n)', '{\"n\": 0}')" = "t";
    JsonbPathMatch ["jsonb_path_match"] Sometimes [
        sig(&[JB, T], BOOL), sig(&[JB, T, JB], BOOL), sig(&[JB, T, JB, B], BOOL),
    ],
        Call("jsonb_path_match") [R("rql_jsonb_path_match"), X, W, U, X, U],
        "a condition of SQL/JSON holds", "jsonb_path_match('{\"a\": 1}'::jsonb, '$.a > 1')" = "f";
    JsonbPathAll ["jsonb_path_query_array"] Sometimes [
        sig(&[JB, T], JSONB), sig(&[JB, T, JB], JSONB), sig(&[JB, T, JB, B], JSONB),
    ],
        Call("jsonb_path_query_array") [R("rql_jsonb_path_array"), X, W, U, X, U],
        "all that a path of SQL/JSON finds", "jsonb_path_query_array('{\"a\": [1, 2, 3]}'::jsonb, '$.a[*] ? (@ > 1)')"
            = "\"[2, 3]\"";
    JsonbPathFirst ["jsonb_path_query_first"] Sometimes [
        sig(&[JB, T], JSONB), sig(&[JB, T, JB], JSONB), sig(&[JB, T, JB, B], JSONB),
    ],
        Call("jsonb_path_query_first") [R("rql_jsonb_path_first"), X, W, U, X, U],
        "the first that a path of SQL/JSON finds", "jsonb_path_query_first('[1, 2]'::jsonb, '$[1]')" = "2";
}}
