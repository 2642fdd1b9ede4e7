//! Aggregates: of any values, of spread, of a place in an order.

use crate::Agg;
use crate::function::words::*;

/// One value of a type with an order.
macro_rules! ordered {
    () => {
        [
            sig(&[I4], LIKE),
            sig(&[I8], LIKE),
            sig(&[I2], LIKE),
            sig(&[D10], LIKE),
            sig(&[F8], LIKE),
            sig(&[F4], LIKE),
            sig(&[T], TEXT),
            sig(&[D], LIKE),
            sig(&[TI], LIKE),
            sig(&[TS], LIKE),
            sig(&[TZ], LIKE),
            sig(&[IV], LIKE),
            sig(&[ARR], LIKE),
        ]
    };
}

/// The spread of numbers.
macro_rules! spread {
    () => {
        [
            sig(&[I4], NUM),
            sig(&[I8], NUM),
            sig(&[I2], NUM),
            sig(&[D10], NUM),
            sig(&[F8], FLOAT8),
            sig(&[F4], FLOAT8),
        ]
    };
}

/// Two doubles over many rows.
macro_rules! pairs {
    () => {
        [sig(&[F8, F8], FLOAT8)]
    };
}

rows! { AGGREGATE_ROWS: Agg, Aggregate {
    Count ["count"] Never [sig(&[ANY], INT8)],
        Call("COUNT") [N, N, N, U, N, U],
        "number of rows, or of values that are not NULL",
        "count(x) FROM (VALUES (1), (NULL), (3)) AS t(x)" = "2";
    Sum ["sum"] Sometimes [
        sig(&[I4], INT8), sig(&[I8], LONG), sig(&[I2], INT8), sig(&[D10], TOTAL), sig(&[F8], FLOAT8),
        sig(&[F4], FLOAT4), sig(&[IV], SPAN),
    ],
        Call("SUM") [W, W, N, U, W, U],
        "sum", "sum(x) FROM (VALUES (1), (NULL), (3)) AS t(x)" = "4";
    Avg ["avg"] Sometimes [
        sig(&[I4], NUM), sig(&[I8], NUM), sig(&[I2], NUM), sig(&[D10], NUM), sig(&[F8], FLOAT8),
        sig(&[F4], FLOAT8), sig(&[IV], SPAN),
    ],
        Call("AVG") [W, W, N, U, N, U],
        "mean", "avg(x) FROM (VALUES (1), (NULL), (3)) AS t(x)" = "2.0000000000000000";
    Min ["min"] Sometimes ordered!(),
        Call("MIN") [W, N, N, U, N, U],
        "smallest value", "min(x) FROM (VALUES ('b'), ('a'), (NULL)) AS t(x)" = "a";
    Max ["max"] Sometimes ordered!(),
        Call("MAX") [W, N, N, U, N, U],
        "largest value", "max(x) FROM (VALUES ('b'), ('a'), (NULL)) AS t(x)" = "b";
    BoolAnd ["bool_and", "every"] Sometimes [sig(&[B], BOOL)],
        Call("bool_and") [Named("min"), N, N, U, Named("min"), U],
        "true where all are", "bool_and(x) FROM (VALUES (true), (false)) AS t(x)" = "f";
    BoolOr ["bool_or"] Sometimes [sig(&[B], BOOL)],
        Call("bool_or") [Named("max"), N, N, U, Named("max"), U],
        "true where one is", "bool_or(x) FROM (VALUES (true), (false)) AS t(x)" = "t";
    BitAndAll ["bit_and"] Sometimes [sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2)],
        Call("bit_and") [R("rql_bit_and"), N, N, U, W, U],
        "bits of all", "bit_and(x) FROM (VALUES (12), (10)) AS t(x)" = "8";
    BitOrAll ["bit_or"] Sometimes [sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2)],
        Call("bit_or") [R("rql_bit_or"), N, N, U, W, U],
        "bits of any", "bit_or(x) FROM (VALUES (12), (10)) AS t(x)" = "14";
    BitXorAll ["bit_xor"] Sometimes [sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2)],
        Call("bit_xor") [R("rql_bit_xor"), N, N, U, W, U],
        "bits of an odd number", "bit_xor(x) FROM (VALUES (12), (10)) AS t(x)" = "6";
    StringAgg ["string_agg"] Sometimes [sig(&[T, T], TEXT), sig(&[BY, BY], BYTEA)],
        Call("string_agg") [W, W, N, U, W, U],
        "all texts with a separator",
        "string_agg(x, ', ' ORDER BY x) FROM (VALUES ('b'), ('a')) AS t(x)" = "\"a, b\"";
    ArrayAgg ["array_agg"] Sometimes [sig(&[EL], ARRAY)],
        Call("array_agg") [W, W, N, U, W, U],
        "all values as an array",
        "array_agg(x ORDER BY x DESC) FROM (VALUES (1), (2)) AS t(x)" = "\"{2,1}\"";
    JsonAgg ["json_agg"] Sometimes [sig(&[ANY], JSON)],
        Call("json_agg") [W, W, N, U, W, U],
        "all values as a document", "json_agg(x ORDER BY x) FROM (VALUES (1), (2)) AS t(x)" = "\"[1, 2]\"";
    JsonObjectAgg ["json_object_agg"] Sometimes [sig(&[ANY, ANY], JSON)],
        Call("json_object_agg") [W, W, N, U, W, U],
        "all names and values as a document",
        "json_object_agg(k, v ORDER BY k) FROM (VALUES ('a', 1), ('b', 2)) AS t(k, v)" = "\"{ \"\"a\"\" : 1, \"\"b\"\" : 2 }\"";
    JsonbAgg ["jsonb_agg"] Sometimes [sig(&[ANY], JSONB)],
        Call("jsonb_agg") [W, W, N, U, W, U],
        "all values as a document", "jsonb_agg(x ORDER BY x) FROM (VALUES (1), (2)) AS t(x)" = "\"[1, 2]\"";
    JsonbObjectAgg ["jsonb_object_agg"] Sometimes [sig(&[ANY, ANY], JSONB)],
        Call("jsonb_object_agg") [W, X, N, U, X, U],
        "all names and values as a document; of equal names the last",
        "jsonb_object_agg(k, v ORDER BY v) FROM (VALUES ('b', 1), ('a', 2)) AS t(k, v)" = "\"{\"\"a\"\": 2, \"\"b\"\": 1}\"";
    AnyValue ["any_value"] Sometimes [sig(&[EL], ELEMENT)],
        Call("any_value") [W, N, W, U, Named("min"), U],
        "one of the values", "any_value(x) FROM (VALUES (7), (7)) AS t(x)" = "7";
}}

rows! { STATISTICAL_ROWS: Agg, Statistical {
    StddevSamp ["stddev", "stddev_samp"] Sometimes spread!(),
        Call("stddev") [W, W, N, U, W, U],
        "standard deviation of a sample",
        "stddev(x) FROM (VALUES (2), (4), (9)) AS t(x)" = "3.6055512754639893";
    StddevPop ["stddev_pop"] Sometimes spread!(),
        Call("stddev_pop") [W, W, N, U, W, U],
        "standard deviation of a population",
        "stddev_pop(x) FROM (VALUES (2), (4), (9)) AS t(x)" = "2.9439202887759490";
    VarSamp ["variance", "var_samp"] Sometimes spread!(),
        Call("variance") [W, W, N, U, W, U],
        "variance of a sample", "variance(x) FROM (VALUES (2), (4), (9)) AS t(x)" = "13.0000000000000000";
    VarPop ["var_pop"] Sometimes spread!(),
        Call("var_pop") [W, W, N, U, W, U],
        "variance of a population", "var_pop(x) FROM (VALUES (2), (4), (9)) AS t(x)" = "8.6666666666666667";
    Corr ["corr"] Sometimes pairs!(),
        Call("corr") [R("rql_corr"), W, N, U, W, U],
        "correlation of y and x",
        "corr(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "0.9798637100971994";
    CovarPop ["covar_pop"] Sometimes pairs!(),
        Call("covar_pop") [R("rql_covar_pop"), N, N, U, W, U],
        "covariance of a population",
        "covar_pop(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "3.7777777777777772";
    CovarSamp ["covar_samp"] Sometimes pairs!(),
        Call("covar_samp") [R("rql_covar_samp"), N, N, U, W, U],
        "covariance of a sample",
        "covar_samp(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "5.666666666666666";
    RegrAvgX ["regr_avgx"] Sometimes pairs!(),
        Call("regr_avgx") [R("rql_regr_avgx"), N, N, U, W, U],
        "mean of x, the second argument, where both are there",
        "regr_avgx(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "2.3333333333333335";
    RegrAvgY ["regr_avgy"] Sometimes pairs!(),
        Call("regr_avgy") [R("rql_regr_avgy"), N, N, U, W, U],
        "mean of y, the first argument, where both are there",
        "regr_avgy(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "4.666666666666667";
    RegrCount ["regr_count"] Never [sig(&[F8, F8], INT8)],
        Call("regr_count") [R("rql_regr_count"), W, N, U, W, U],
        "number of pairs", "regr_count(y, x) FROM (VALUES (1, 2), (2, NULL), (4, 9)) AS t(x, y)" = "2";
    RegrIntercept ["regr_intercept"] Sometimes pairs!(),
        Call("regr_intercept") [R("rql_regr_intercept"), W, N, U, W, U],
        "where the fitted line meets the axis",
        "regr_intercept(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "-1";
    RegrR2 ["regr_r2"] Sometimes pairs!(),
        Call("regr_r2") [R("rql_regr_r2"), W, N, U, W, U],
        "square of the correlation",
        "regr_r2(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "0.9601328903654487";
    RegrSlope ["regr_slope"] Sometimes pairs!(),
        Call("regr_slope") [R("rql_regr_slope"), W, N, U, W, U],
        "slope of the fitted line",
        "regr_slope(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "2.428571428571429";
    RegrSxx ["regr_sxx"] Sometimes pairs!(),
        Call("regr_sxx") [R("rql_regr_sxx"), N, N, U, W, U],
        "spread of the second argument",
        "regr_sxx(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "4.666666666666666";
    RegrSxy ["regr_sxy"] Sometimes pairs!(),
        Call("regr_sxy") [R("rql_regr_sxy"), N, N, U, W, U],
        "spread of both arguments",
        "regr_sxy(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "11.333333333333332";
    RegrSyy ["regr_syy"] Sometimes pairs!(),
        Call("regr_syy") [R("rql_regr_syy"), N, N, U, W, U],
        "spread of the first argument",
        "regr_syy(y, x) FROM (VALUES (1, 2), (2, 3), (4, 9)) AS t(x, y)" = "28.666666666666664";
}}

rows! { ORDERED_SET_ROWS: Agg, OrderedSet {
    PercentileCont ["percentile_cont"] "percentile_cont(double precision) WITHIN GROUP (ORDER BY double precision) → double precision" Sometimes [
        sig(&[F8, F8], FLOAT8), sig(&[F8, IV], SPAN),
    ],
        Call("percentile_cont") [W, W, N, U, W, U],
        "the value at a part of the way through the order, between two where none stands there",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (10), (20)) AS t(x)" = "6";
    PercentileDisc ["percentile_disc"] "percentile_disc(double precision) WITHIN GROUP (ORDER BY element) → element" Sometimes [
        sig(&[F8, EL], ELEMENT),
    ],
        Call("percentile_disc") [W, N, N, U, W, U],
        "the first value at or behind a part of the way through the order",
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (10), (20)) AS t(x)" = "2";
    Mode ["mode"] "mode() WITHIN GROUP (ORDER BY element) → element" Sometimes [sig(&[EL], ELEMENT)],
        Call("mode") [W, N, N, U, W, U],
        "the most frequent value",
        "mode() WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (2)) AS t(x)" = "2";
}}
