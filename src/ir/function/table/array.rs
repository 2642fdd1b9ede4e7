//! Arrays.

use crate::Func;
use crate::function::words::*;

rows! { ARRAY_ROWS: Func, Array {
    ArrayGet ["subscript"] "array[integer, …] → element" Sometimes [],
        Special(14) [W, W, N, U, W, U],
        "an element by its subscripts from 1; NULL outside", "(ARRAY[10, 20, 30])[2]" = "20";
    ArraySlice ["slice"] "array[integer:integer] → array" Sometimes [],
        Special(14) [W, W, N, U, W, U],
        "the elements between two subscripts", "(ARRAY[10, 20, 30])[2:3]" = "\"{20,30}\"";
    ArrayConcat ["||"] "array || array → array" Sometimes [],
        Infix("||", 7) [W, W, N, U, W, U],
        "two arrays as one, or an array and an element", "ARRAY[1, 2] || 3" = "\"{1,2,3}\"";
    ArrayLength ["array_length"] Sometimes [sig(&[ARR, I4], INT4)],
        Call("array_length") [R("rql_array_length"), W, N, U, W, U],
        "length of a dimension", "array_length(ARRAY[1, 2, 3], 1)" = "3";
    ArrayUpper ["array_upper"] Sometimes [sig(&[ARR, I4], INT4)],
        Call("array_upper") [R("rql_array_length"), W, N, U, W, U],
        "last subscript of a dimension", "array_upper(ARRAY[1, 2, 3], 1)" = "3";
    ArrayLower ["array_lower"] Sometimes [sig(&[ARR, I4], INT4)],
        Call("array_lower") [R("rql_array_lower"), W, N, U, W, U],
        "first subscript of a dimension", "array_lower(ARRAY[1, 2, 3], 1)" = "1";
    ArrayNdims ["array_ndims"] Sometimes [sig(&[ARR], INT4)],
        Call("array_ndims") [R("rql_array_ndims"), W, N, U, W, U],
        "number of dimensions", "array_ndims(ARRAY[3, 4])" = "1";
    ArrayDims ["array_dims"] Sometimes [sig(&[ARR], TEXT)],
        Call("array_dims") [R("rql_array_dims"), W, N, U, X, U],
        "first and last subscripts of each dimension", "array_dims(ARRAY[1, 2, 3])" = "[1:3]";
    Cardinality ["cardinality"] Strict [sig(&[ARR], INT4)],
        Call("cardinality") [R("rql_cardinality"), W, N, U, W, U],
        "number of elements", "cardinality(ARRAY[1, 2, 3])" = "3";
    ArrayPosition ["array_position"] Sometimes [sig(&[ARR, EL], INT4), sig(&[ARR, EL, I4], INT4)],
        Call("array_position") [W, W, N, U, W, U],
        "where an element stands", "array_position(ARRAY['a', 'b', 'a'], 'b')" = "2";
    ArrayPositions ["array_positions"] Sometimes [sig(&[ARR, EL], INT_ARRAY)],
        Call("array_positions") [W, W, N, U, W, U],
        "everywhere an element stands", "array_positions(ARRAY['a', 'b', 'a'], 'a')" = "\"{1,3}\"";
    ArrayAppend ["array_append"] Never [sig(&[ARR, EL], ARRAY)],
        Call("array_append") [W, N, N, U, W, U],
        "array and one more element", "array_append(ARRAY[1, 2], 3)" = "\"{1,2,3}\"";
    ArrayPrepend ["array_prepend"] Never [sig(&[EL, ARR], ARRAY)],
        Call("array_prepend") [W, N, N, U, W, U],
        "one more element and array", "array_prepend(0, ARRAY[1, 2])" = "\"{0,1,2}\"";
    ArrayCat ["array_cat"] Sometimes [sig(&[ARR, ARR], ARRAY)],
        Call("array_cat") [W, W, N, U, W, U],
        "two arrays as one", "array_cat(ARRAY[1, 2], ARRAY[3])" = "\"{1,2,3}\"";
    ArrayRemove ["array_remove"] Sometimes [sig(&[ARR, EL], ARRAY)],
        Call("array_remove") [W, W, N, U, W, U],
        "array without an element", "array_remove(ARRAY[1, 2, 1], 1)" = "{2}";
    ArrayReplace ["array_replace"] Sometimes [sig(&[ARR, EL, EL], ARRAY)],
        Call("array_replace") [W, W, N, U, W, U],
        "array with one element for another", "array_replace(ARRAY[1, 2, 1], 1, 9)" = "\"{9,2,9}\"";
    TrimArray ["trim_array"] Strict [sig(&[ARR, I4], ARRAY)],
        Call("trim_array") [R("rql_trim_array"), W, N, U, W, U],
        "array without its last elements", "trim_array(ARRAY[1, 2, 3], 2)" = "{1}";
    ArrayToString ["array_to_string"] Sometimes [sig(&[ARR, T], TEXT), sig(&[ARR, T, T], TEXT)],
        Call("array_to_string") [W, W, N, U, W, U],
        "elements with a separator", "array_to_string(ARRAY[1, NULL, 3], '-')" = "1-3";
    StringToArray ["string_to_array"] Sometimes [
        sig(&[T, T], TEXT_ARRAY), sig(&[T, T, T], TEXT_ARRAY),
    ],
        Call("string_to_array") [W, W, N, U, W, U],
        "pieces between separators", "string_to_array('a,b,c', ',')" = "\"{a,b,c}\"";
    ArrayContains ["@>"] Strict [sig(&[ARR, ARR], BOOL)],
        Infix("@>", 7) [W, W, N, U, W, U],
        "array has all elements of another", "ARRAY[1, 2, 3] @> ARRAY[3, 1]" = "t";
    ArrayContained ["<@"] Strict [sig(&[ARR, ARR], BOOL)],
        Infix("<@", 7) [W, W, N, U, W, U],
        "array's elements are all in another", "ARRAY[1, 4] <@ ARRAY[1, 2, 3]" = "f";
    ArrayOverlap ["&&"] Strict [sig(&[ARR, ARR], BOOL)],
        Infix("&&", 7) [W, N, N, U, W, U],
        "arrays have an element in common", "ARRAY[1, 4] && ARRAY[1, 2]" = "t";
}}
