//! Functions that give rows; they stand in FROM or in the SELECT list.

use crate::TableFunc;
use crate::function::words::*;

rows! { ROWS: TableFunc, Rows {
    GenerateSeries ["generate_series", "generate_subscripts"] "generate_series(start, stop [, step]) → rows" Strict [],
        Call("generate_series") [W, N, N, U, W, U],
        "numbers or timestamps from one to another; generate_subscripts(array, 1) numbers the places of an array", "* FROM generate_series(1, 7, 3)" = "1; 4; 7";
    Unnest ["unnest"] "unnest(array) → rows of element" Strict [],
        Call("unnest") [W, N, N, U, W, U],
        "the elements of an array", "* FROM unnest(ARRAY['a', 'b'])" = "a; b";
    StringToTable ["string_to_table"] "string_to_table(text, text [, text]) → rows of text" Strict [],
        Call("string_to_table") [W, W, N, U, W, U],
        "the pieces between separators; those that are the third argument are NULL",
        "* FROM string_to_table('a,b', ',')" = "a; b";
    RegexpSplitToTable ["regexp_split_to_table"] "regexp_split_to_table(text, text [, text]) → rows of text"
        Strict [],
        Call("regexp_split_to_table") [W, W, N, U, W, U],
        "the pieces between matches of a regular expression",
        "* FROM regexp_split_to_table('a1b22c', '[0-9]+')" = "a; b; c";
    JsonElements { text: false, binary: false } ["json_array_elements"] "json_array_elements(json) → rows of json" Strict [],
        Call("json_array_elements") [W, W, N, U, W, U],
        "the elements of an array of JSON", "* FROM json_array_elements('[1, [2]]'::json)" = "1; [2]";
    JsonElements { text: true, binary: false } ["json_array_elements_text"]
        "json_array_elements_text(json) → rows of text" Strict [],
        Call("json_array_elements_text") [W, W, N, U, W, U],
        "the elements of an array of JSON, as text",
        "* FROM json_array_elements_text('[\"a\", 2]'::json)" = "a; 2";
    JsonEach { text: false, binary: false } ["json_each"] "json_each(json) → rows of text and json" Strict [],
        Call("json_each") [W, W, N, U, W, U],
        "the names and values of an object", "* FROM json_each('{\"a\": \"b\"}'::json)" = "a,\"\"\"b\"\"\"";
    JsonEach { text: true, binary: false } ["json_each_text"]
        "json_each_text(json) → rows of text and text" Strict [],
        Call("json_each_text") [W, W, N, U, W, U],
        "the names and values of an object, as text", "* FROM json_each_text('{\"a\": \"b\"}'::json)" = "a,b";
    JsonKeys { binary: false } ["json_object_keys"] "json_object_keys(json) → rows of text" Strict [],
        Call("json_object_keys") [W, W, N, U, W, U],
        "the names of an object", "* FROM json_object_keys('{\"a\": 1, \"b\": 2}'::json)" = "a; b";
    JsonElements { text: false, binary: true } ["jsonb_array_elements"]
        "jsonb_array_elements(jsonb) → rows of jsonb" Strict [],
        Call("jsonb_array_elements") [W, W, N, U, W, U],
        "the elements of an array of JSONB", "* FROM jsonb_array_elements('[1,[2]]'::jsonb)" = "1; [2]";
    JsonElements { text: true, binary: true } ["jsonb_array_elements_text"]
        "jsonb_array_elements_text(jsonb) → rows of text" Strict [],
        Call("jsonb_array_elements_text") [W, W, N, U, W, U],
        "the elements of an array of JSONB, as text",
        "* FROM jsonb_array_elements_text('[\"a\", 2]'::jsonb)" = "a; 2";
    JsonEach { text: false, binary: true } ["jsonb_each"] "jsonb_each(jsonb) → rows of text and jsonb" Strict [],
        Call("jsonb_each") [W, W, N, U, W, U],
        "the names and values of an object of JSONB", "* FROM jsonb_each('{\"a\": \"b\"}'::jsonb)" = "a,\"\"\"b\"\"\"";
    JsonEach { text: true, binary: true } ["jsonb_each_text"]
        "jsonb_each_text(jsonb) → rows of text and text" Strict [],
        Call("jsonb_each_text") [W, W, N, U, W, U],
        "the names and values of an object of JSONB, as text", "* FROM jsonb_each_text('{\"a\": \"b\"}'::jsonb)" = "a,b";
    JsonKeys { binary: true } ["jsonb_object_keys"] "jsonb_object_keys(jsonb) → rows of text" Strict [],
        Call("jsonb_object_keys") [W, W, N, U, W, U],
        "the names of an object of JSONB", "* FROM jsonb_object_keys('{\"b\": 1, \"a\": 2}'::jsonb)" = "a; b";
    JsonRecord { set: false, binary: false } ["json_to_record"] "json_to_record(json) AS t(a type, …) → row" Sometimes [],
        Call("json_to_record") [W, W, N, U, W, U],
        "the members of an object by the names and types that are told",
        "* FROM json_to_record('{\"a\": 1, \"b\": \"x\"}'::json) AS t(a int, b text)" = "1,x";
    JsonRecord { set: true, binary: false } ["json_to_recordset"]
        "json_to_recordset(json) AS t(a type, …) → rows" Sometimes [],
        Call("json_to_recordset") [W, W, N, U, W, U],
        "the same of each object of an array",
        "* FROM json_to_recordset('[{\"a\": 1}, {\"a\": 2}]'::json) AS t(a int)" = "1; 2";
    JsonRecord { set: false, binary: true } ["jsonb_to_record"]
        "jsonb_to_record(jsonb) AS t(a type, …) → row" Sometimes [],
        Call("jsonb_to_record") [W, W, N, U, W, U],
        "the members of an object of JSONB by the names and types that are told",
        "* FROM jsonb_to_record('{\"a\": 1}'::jsonb) AS t(a int)" = "1";
    JsonRecord { set: true, binary: true } ["jsonb_to_recordset"]
        "jsonb_to_recordset(jsonb) AS t(a type, …) → rows" Sometimes [],
        Call("jsonb_to_recordset") [W, W, N, U, W, U],
        "the same of each object of an array of JSONB",
        "* FROM jsonb_to_recordset('[{\"a\": 1}, {\"a\": 2}]'::jsonb) AS t(a int)" = "1; 2";
    JsonbPathQuery ["jsonb_path_query"] "jsonb_path_query(jsonb, text [, jsonb [, boolean]]) → rows of jsonb" Strict [],
        Call("jsonb_path_query") [R("rql_jsonb_path_query"), X, N, U, X, U],
        "all that a path of SQL/JSON finds", "* FROM jsonb_path_query('[1, 2]'::jsonb, '$[*]')" = "1; 2";
}}
