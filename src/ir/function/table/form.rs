//! What has a syntax of its own and is neither an operator nor a call of a name.

use crate::function::Form;
use crate::function::words::*;

rows! { LOGIC_FORMS: Form, Logic {
    In ["IN"] "any [NOT] IN (any, …) → boolean" Sometimes [],
        Special(6) [W, N, N, U, W, U],
        "one of the values is the same; also of a query's rows", "2 IN (1, 2, NULL)" = "t";
    Any ["ANY"] "any = ANY (array) → boolean" Sometimes [],
        Special(6) [W, N, N, U, W, U],
        "it is so for one element; also for one of a query's rows", "2 = ANY (ARRAY[1, 2])" = "t";
    All ["ALL"] "any = ALL (array) → boolean" Sometimes [],
        Special(6) [W, N, N, U, W, U],
        "it is so for every element; also for each of a query's rows", "2 >= ALL (ARRAY[1, 2])" = "t";
    Exists ["EXISTS"] "EXISTS (query) → boolean" Never [],
        Special(20) [N, N, N, U, N, U],
        "the query has a row", "EXISTS (SELECT 1 WHERE false)" = "f";
}}

rows! { CONDITIONAL_FORMS: Form, Conditional {
    Case ["CASE"] "CASE WHEN boolean THEN any … [ELSE any] END → any" Sometimes [],
        Special(20) [N, N, N, U, N, U],
        "the value behind the first condition that holds", "CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END" = "b";
    Cast ["CAST"] "CAST(any AS type) → type" Strict [],
        Special(20) [W, W, N, U, W, U],
        "the value as of another type; also any::type", "CAST('2024-02-29' AS date)" = "2024-02-29";
    TryCast ["TRY_CAST"] "TRY_CAST(any AS type) → type" Sometimes [],
        Special(20) [W, W, W, U, W, U],
        "the value as of another type, NULL where it is none", "TRY_CAST(x AS integer) FROM (VALUES ('12'), ('12a')) AS t(x)" = "12; NULL";
}}

rows! { TEXT_FORMS: Form, Text {
    Position ["position"] "position(text IN text) → integer" Strict [],
        Call("strpos") [Named("instr"), N, N, U, Named("instr"), U],
        "where a text stands in another; else 0", "position('ß' IN 'größe')" = "4";
    Trim ["trim"] "trim([LEADING | TRAILING | BOTH] [text] FROM text) → text" Strict [],
        Call("btrim") [Named("trim"), Named("trim"), N, U, W, U],
        "text without some characters at its ends", "trim(BOTH 'x' FROM 'xax')" = "a";
}}

rows! { ARRAY_FORMS: Form, Array {
    Array ["ARRAY"] "ARRAY[any, …] → array" Never [],
        Special(20) [W, N, N, U, W, U],
        "an array of values; ARRAY(query) of a query's", "ARRAY[1, 2 + 3]" = "\"{1,5}\"";
}}

rows! { GROUP_FORMS: Form, Aggregate {
    Grouping ["grouping"] "grouping(any, …) → integer" Never [],
        Call("grouping") [W, N, N, U, W, U],
        "which of the keys the row's grouping set lacks, as bits",
        "x, grouping(x) FROM (VALUES (1)) AS t(x) GROUP BY ROLLUP (x) ORDER BY 2" = "1,0; NULL,1";
}}
