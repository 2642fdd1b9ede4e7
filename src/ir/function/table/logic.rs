//! Logic, comparison and choice: most are typed where they are lowered.

use crate::Func;
use crate::function::words::*;

rows! { LOGIC_ROWS: Func, Logic {
    And ["AND"] "boolean AND boolean → boolean" Sometimes [],
        Infix("AND", 2) [N, N, N, U, N, U],
        "true where both are", "true AND NULL" = "NULL";
    Or ["OR"] "boolean OR boolean → boolean" Sometimes [],
        Infix("OR", 1) [N, N, N, U, N, U],
        "true where one is", "true OR NULL" = "t";
    Not ["NOT"] "NOT boolean → boolean" Strict [],
        Prefix("NOT ", 3) [N, N, N, U, N, U],
        "true where it is false", "NOT false" = "t";
    IsNull ["IS NULL"] "any IS NULL → boolean" Never [],
        Postfix("IS NULL", 4) [W, N, N, U, W, U],
        "there is no value", "NULL IS NULL" = "t";
    IsNotNull ["IS NOT NULL"] "any IS NOT NULL → boolean" Never [],
        Postfix("IS NOT NULL", 4) [W, N, N, U, W, U],
        "there is a value", "1 IS NOT NULL" = "t";
    IsTrue ["IS TRUE"] "boolean IS TRUE → boolean" Never [],
        Postfix("IS TRUE", 4) [N, N, N, U, N, U],
        "true, and neither false nor NULL", "NULL::boolean IS TRUE" = "f";
    IsNotTrue ["IS NOT TRUE"] "boolean IS NOT TRUE → boolean" Never [],
        Postfix("IS NOT TRUE", 4) [N, N, N, U, N, U],
        "false or NULL", "NULL::boolean IS NOT TRUE" = "t";
    IsFalse ["IS FALSE"] "boolean IS FALSE → boolean" Never [],
        Postfix("IS FALSE", 4) [N, N, N, U, N, U],
        "false, and neither true nor NULL", "false IS FALSE" = "t";
    IsNotFalse ["IS NOT FALSE"] "boolean IS NOT FALSE → boolean" Never [],
        Postfix("IS NOT FALSE", 4) [N, N, N, U, N, U],
        "true or NULL", "NULL::boolean IS NOT FALSE" = "t";
    Eq ["="] "any = any → boolean" Strict [],
        Infix("=", 5) [W, N, N, U, W, U],
        "both are the same value", "1 = 1.0" = "t";
    Ne ["<>"] "any <> any → boolean" Strict [],
        Infix("<>", 5) [W, N, N, U, W, U],
        "they are different values", "'a' <> 'A'" = "t";
    Lt ["<"] "any < any → boolean" Strict [],
        Infix("<", 5) [W, N, N, U, W, U],
        "the first comes before the second", "'Z' < 'a'" = "t";
    Le ["<="] "any <= any → boolean" Strict [],
        Infix("<=", 5) [W, N, N, U, W, U],
        "the first comes before the second or is the same", "2 <= 2" = "t";
    Gt [">"] "any > any → boolean" Strict [],
        Infix(">", 5) [W, N, N, U, W, U],
        "the first comes behind the second", "DATE '2024-03-01' > DATE '2024-02-29'" = "t";
    Ge [">="] "any >= any → boolean" Strict [],
        Infix(">=", 5) [W, N, N, U, W, U],
        "the first comes behind the second or is the same", "1 >= 2" = "f";
    IsDistinct ["IS DISTINCT FROM"] "any IS DISTINCT FROM any → boolean" Never [],
        Infix("IS DISTINCT FROM", 4) [W, N, N, U, W, U],
        "different, where NULL is a value", "1 IS DISTINCT FROM NULL" = "t";
    IsNotDistinct ["IS NOT DISTINCT FROM"] "any IS NOT DISTINCT FROM any → boolean" Never [],
        Infix("IS NOT DISTINCT FROM", 4) [W, N, N, U, W, U],
        "the same, where NULL is a value", "NULL IS NOT DISTINCT FROM NULL" = "t";
    Between ["BETWEEN"] "any BETWEEN any AND any → boolean" Sometimes [],
        Special(6) [W, N, N, U, W, U],
        "not before the second and not behind the third", "2 BETWEEN 1 AND 2" = "t";
    NotBetween ["NOT BETWEEN"] "any NOT BETWEEN any AND any → boolean" Sometimes [],
        Special(6) [W, N, N, U, W, U],
        "before the second or behind the third", "2 NOT BETWEEN 1 AND 2" = "f";
    BetweenSymmetric ["BETWEEN SYMMETRIC"] "any BETWEEN SYMMETRIC any AND any → boolean" Sometimes [],
        Special(6) [W, W, N, U, W, U],
        "between two values in either order", "2 BETWEEN SYMMETRIC 3 AND 1" = "t";
    NotBetweenSymmetric ["NOT BETWEEN SYMMETRIC"] "any NOT BETWEEN SYMMETRIC any AND any → boolean" Sometimes [

    ],
        Special(6) [W, W, N, U, W, U],
        "not between two values in either order", "2 NOT BETWEEN SYMMETRIC 3 AND 1" = "f";
}}

rows! { CONDITIONAL_ROWS: Func, Conditional {
    Coalesce ["coalesce"] "coalesce(any, …) → any" Sometimes [],
        Call("coalesce") [W, N, N, U, N, U],
        "the first that is not NULL", "coalesce(NULL, 2, 3)" = "2";
    Nullif ["nullif"] "nullif(any, any) → any" Sometimes [],
        Call("nullif") [W, N, N, U, N, U],
        "the first, NULL where both are the same", "nullif(0, 0)" = "NULL";
    Greatest ["greatest"] "greatest(any, …) → any" Sometimes [],
        Call("greatest") [W, N, N, U, W, U],
        "the largest, NULLs left out", "greatest(1, NULL, 3)" = "3";
    Least ["least"] "least(any, …) → any" Sometimes [],
        Call("least") [W, N, N, U, W, U],
        "the smallest, NULLs left out", "least('b', 'a', NULL)" = "a";
    NumNulls ["num_nulls"] Never [many(&[ANY], INT4)],
        Call("num_nulls") [W, W, N, U, W, U],
        "how many of the values are NULL", "num_nulls(1, NULL, 'a', NULL)" = "2";
    NumNonnulls ["num_nonnulls"] Never [many(&[ANY], INT4)],
        Call("num_nonnulls") [W, W, N, U, W, U],
        "how many of the values are not NULL", "num_nonnulls(1, NULL, 'a')" = "2";
}}
