//! Functions that give rows; they stand in FROM or in the SELECT list.

use crate::TableFunc;
use crate::function::words::*;

rows! { ROWS: TableFunc, Rows {
    GenerateSeries ["generate_series"] "generate_series(start, stop [, step]) → rows" Strict [],
        Call("generate_series") [W, N, N, U, W, U],
        "numbers or timestamps from one to another", "* FROM generate_series(1, 7, 3)" = "1; 4; 7";
    Unnest ["unnest"] "unnest(array) → rows of element" Strict [],
        Call("unnest") [W, N, N, U, X, U],
        "the elements of an array", "* FROM unnest(ARRAY['a', 'b'])" = "a; b";
    StringToTable ["string_to_table"] "string_to_table(text, text [, text]) → rows of text" Strict [],
        Call("string_to_table") [W, X, N, U, X, U],
        "the pieces between separators; those that are the third argument are NULL",
        "* FROM string_to_table('a,b', ',')" = "a; b";
    RegexpSplitToTable ["regexp_split_to_table"] "regexp_split_to_table(text, text [, text]) → rows of text"
        Strict [],
        Call("regexp_split_to_table") [W, X, N, U, X, U],
        "the pieces between matches of a regular expression",
        "* FROM regexp_split_to_table('a1b22c', '[0-9]+')" = "a; b; c";
    JsonElements { text: false } ["json_array_elements", "jsonb_array_elements"]
        "json_array_elements(json) → rows of json" Strict [],
        Call("json_array_elements") [W, X, N, U, X, U],
        "the elements of an array of JSON", "* FROM json_array_elements('[1, [2]]'::json)" = "1; [2]";
    JsonElements { text: true } ["json_array_elements_text", "jsonb_array_elements_text"]
        "json_array_elements_text(json) → rows of text" Strict [],
        Call("json_array_elements_text") [W, X, N, U, X, U],
        "the elements of an array of JSON, as text",
        "* FROM json_array_elements_text('[\"a\", 2]'::json)" = "a; 2";
    JsonEach { text: false } ["json_each", "jsonb_each"] "json_each(json) → rows of text and json" Strict [],
        Call("json_each") [W, X, N, U, X, U],
        "the names and values of an object", "* FROM json_each('{\"a\": \"b\"}'::json)" = "a,\"\"\"b\"\"\"";
    JsonEach { text: true } ["json_each_text", "jsonb_each_text"]
        "json_each_text(json) → rows of text and text" Strict [],
        Call("json_each_text") [W, X, N, U, X, U],
        "the names and values of an object, as text", "* FROM json_each_text('{\"a\": \"b\"}'::json)" = "a,b";
    JsonKeys ["json_object_keys", "jsonb_object_keys"] "json_object_keys(json) → rows of text" Strict [],
        Call("json_object_keys") [W, X, N, U, X, U],
        "the names of an object", "* FROM json_object_keys('{\"a\": 1, \"b\": 2}'::json)" = "a; b";
}}
