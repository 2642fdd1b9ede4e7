//! What a SQLite session must register before compiled text runs on it.

mod text;

pub use text::{called, plain};

/// A function that the runtime registers on every SQLite connection. All but
/// `rql_random` and `rql_uuid4` are deterministic; where not said otherwise they give NULL where an
/// argument is NULL. Dates, times and intervals are PostgreSQL's text. An error's message is the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionFunction {
    /// Its name.
    pub name: &'static str,
    /// How many arguments; -1 for any number.
    pub arity: i32,
    /// True for an aggregate.
    pub aggregate: bool,
    /// Its exact meaning.
    pub meaning: &'static str,
}

const fn f(name: &'static str, arity: i32, meaning: &'static str) -> SessionFunction {
    SessionFunction {
        name,
        arity,
        aggregate: false,
        meaning,
    }
}

const fn aggregate(name: &'static str, arity: i32, meaning: &'static str) -> SessionFunction {
    SessionFunction {
        aggregate: true,
        ..f(name, arity, meaning)
    }
}

/// Statements that the runtime runs once on every SQLite connection.
pub const SETUP: &[&str] = &["PRAGMA case_sensitive_like = ON"];

/// What stands in the place of a NULL that SQLite would number: a text there is an error of any SQLite.
pub const NO_NUMBER: &str = "null value in a numbered column";

/// What the name of every such function begins with.
pub const PREFIX: &str = "rql_";

/// What stands behind a column of a table's declaration whose numbers are given by SQLite alone.
pub const ALWAYS: &str = "/* GENERATED ALWAYS */";

/// Every such function.
///
/// A *numeric* is decimal text as PostgreSQL prints it (`12.50`); its scale is the digits it shows.
/// *Units* at scale s are the integer value × 10^s. Rounding of numerics is half away from zero.
pub const FUNCTIONS: &[SessionFunction] = &[
    f(
        "rql_add",
        3,
        "a + b of integers; beyond `bits` (16, 32, 64): 'smallint|integer|bigint out of range'",
    ),
    f("rql_sub", 3, "a - b, as rql_add"),
    f("rql_mul", 3, "a * b, as rql_add"),
    f(
        "rql_div",
        3,
        "integer a / b towards zero, range as rql_add; b = 0: 'division by zero'",
    ),
    f(
        "rql_mod",
        2,
        "remainder with the sign of a; b = 0: 'division by zero'",
    ),
    f("rql_fdiv", 2, "a / b as REAL; b = 0: 'division by zero'"),
    f(
        "rql_int",
        2,
        "an INTEGER, REAL (half to even) or TEXT (digits only, else 'invalid input syntax for type integer') as integer of `bits`, range as rql_add",
    ),
    f(
        "rql_num_int",
        2,
        "a numeric rounded to an integer of `bits`, range as rql_add",
    ),
    f(
        "rql_num",
        2,
        "numeric of INTEGER units at a scale: rql_num(1250, 2) = '12.50'",
    ),
    f(
        "rql_num_of",
        1,
        "numeric of a stored INTEGER, REAL (15 significant digits) or TEXT; else 'invalid input syntax for type numeric'",
    ),
    f("rql_num_add", 2, "a + b; scale the larger one"),
    f("rql_num_sub", 2, "a - b; scale the larger one"),
    f("rql_num_mul", 2, "a * b; scale the sum"),
    f(
        "rql_num_div",
        2,
        "a / b at PostgreSQL's scale (numeric.c, select_div_scale); b = 0: 'division by zero'",
    ),
    f(
        "rql_num_mod",
        2,
        "remainder with the sign of a; scale the larger one; b = 0: 'division by zero'",
    ),
    f("rql_num_cmp", 2, "-1, 0 or 1"),
    f("rql_num_key", 1, "a BLOB that sorts as the numeric does"),
    f(
        "rql_num_round",
        2,
        "rounded to this many digits after the point, which are all shown",
    ),
    f(
        "rql_units",
        2,
        "units at this scale of an INTEGER, REAL or numeric TEXT, rounded; beyond 64 bits 'numeric field overflow'",
    ),
    f(
        "rql_dec",
        3,
        "units x at scale s checked against precision p: rql_dec(x, p, s); |x| >= 10^p: 'numeric field overflow'",
    ),
    f(
        "rql_rescale",
        3,
        "units x at scale a as units at scale b, rounded; overflow 'numeric field overflow'",
    ),
    f(
        "rql_date",
        1,
        "ISO date of a date, timestamp or text; else 'invalid input syntax for type date'",
    ),
    f(
        "rql_timestamp",
        1,
        "'YYYY-MM-DD HH:MM:SS[.ffffff]' of a date, timestamp or text; else 'invalid input syntax for type timestamp'",
    ),
    f(
        "rql_moment_add",
        4,
        "timestamp of (date or timestamp, months, days, microseconds): months first, clamped to the month's last day",
    ),
    f(
        "rql_extract",
        2,
        "numeric of (field, date or timestamp): year month day hour minute second quarter week isoyear dow isodow doy epoch; second and epoch of timestamps have six decimals; dates have no hour, minute, second",
    ),
    f("rql_upper", 1, "upper case of all of Unicode"),
    f("rql_lower", 1, "lower case of all of Unicode"),
    f(
        "rql_substr",
        2,
        "characters from position (1-based; below 1 counts as PostgreSQL does)",
    ),
    f(
        "rql_substr",
        3,
        "the same, of a length; negative: 'negative substring length not allowed'",
    ),
    f(
        "rql_left",
        2,
        "first n characters; negative n: all but the last -n",
    ),
    f(
        "rql_right",
        2,
        "last n characters; negative n: all but the first -n",
    ),
    f("rql_round", 1, "REAL rounded half to even"),
    f(
        "rql_varchar",
        3,
        "text x of at most n characters; what is too long is cut where only blanks go, else 'value too long for type character varying(n)'; the third argument 1 is character(n), which keeps no blanks at its end",
    ),
    f(
        "rql_decimal",
        3,
        "a numeric as a column DECIMAL(p, s) stores it: rounded to s, |x| >= 10^(p-s) 'numeric field overflow'; a number up to 15 digits, else text",
    ),
    f(
        "rql_text",
        1,
        "text of a REAL as PostgreSQL prints float8; INTEGER and TEXT as they are",
    ),
    f(
        "rql_try",
        -1,
        "the function that the first argument names, of the other arguments; NULL where it fails",
    ),
    f(
        "rql_rows",
        2,
        "a number of rows for LIMIT and OFFSET: the second argument for NULL, an error where it is negative",
    ),
    f("rql_abs", 2, "|a|, range as rql_add"),
    f("rql_bitnot", 2, "the bits of a inverted, range as rql_add"),
    f("rql_bitxor", 3, "bits of one of a and b, range as rql_add"),
    f(
        "rql_shl",
        3,
        "a moved to the left within its width, range as rql_add",
    ),
    f("rql_shr", 3, "a moved to the right, range as rql_add"),
    f("rql_gcd", 3, "greatest common divisor, range as rql_add"),
    f("rql_lcm", 3, "least common multiple, range as rql_add"),
    f("rql_factorial", 1, "n! as numeric"),
    f(
        "rql_num_idiv",
        2,
        "whole quotient; b = 0: 'division by zero'",
    ),
    f(
        "rql_num_trunc",
        2,
        "cut after this many digits after the point",
    ),
    f("rql_num_ceil", 1, "next whole number above"),
    f("rql_num_floor", 1, "next whole number below"),
    f("rql_num_abs", 1, "|a|"),
    f("rql_num_sign", 1, "-1, 0 or 1"),
    f("rql_num_sqrt", 1, "square root at PostgreSQL's scale"),
    f(
        "rql_to_json",
        2,
        "a value of a form as a JSON text: b, i, n, r, f, t, v as of arrays ([ before it: an array), s and z a moment, j JSON itself",
    ),
    f(
        "rql_json_build_array",
        -1,
        "JSON texts as an array; NULL is null",
    ),
    f(
        "rql_json_build_object",
        -1,
        "names and JSON texts as an object; a NULL name: 'argument n: key must not be null'",
    ),
    f("rql_num_exp", 1, "e^a at PostgreSQL's scale"),
    f(
        "rql_num_ln",
        1,
        "natural logarithm at PostgreSQL's scale; zero and below: 'cannot take logarithm of …'",
    ),
    f(
        "rql_num_log",
        2,
        "logarithm of b to the base a, as rql_num_ln",
    ),
    f("rql_num_power", 2, "a^b at PostgreSQL's scale"),
    f("rql_num_trim", 1, "without zeros behind the last digit"),
    f(
        "rql_num_within",
        3,
        "a numeric at scale s checked against precision p: (x, p, s)",
    ),
    f(
        "rql_dec_of",
        3,
        "units at scale s of a numeric checked against precision p: (x, p, s)",
    ),
    f(
        "rql_num_greatest",
        -1,
        "the largest numeric, NULLs left out",
    ),
    f("rql_num_least", -1, "the smallest numeric, NULLs left out"),
    f("rql_greatest", -1, "the largest value, NULLs left out"),
    f("rql_least", -1, "the smallest value, NULLs left out"),
    f(
        "rql_fadd",
        2,
        "a + b of doubles; overflow: 'value out of range: overflow'",
    ),
    f("rql_fsub", 2, "a - b, as rql_fadd"),
    f("rql_fmul", 2, "a * b, as rql_fadd, also of underflow"),
    f("rql_power", 2, "a to the power of b"),
    f("rql_atan2", 2, "inverse tangent of a / b"),
    f("rql_real", 1, "a double rounded to single precision"),
    f("rql_double", 1, "a double of a number or text"),
    f("rql_real_text", 1, "text of a single-precision number"),
    f("rql_ceil", 1, "ceil of a double, with PostgreSQL's errors"),
    f(
        "rql_floor",
        1,
        "floor of a double, with PostgreSQL's errors",
    ),
    f(
        "rql_trunc",
        1,
        "trunc of a double, with PostgreSQL's errors",
    ),
    f("rql_sign", 1, "sign of a double, with PostgreSQL's errors"),
    f("rql_sqrt", 1, "sqrt of a double, with PostgreSQL's errors"),
    f("rql_cbrt", 1, "cbrt of a double, with PostgreSQL's errors"),
    f("rql_exp", 1, "exp of a double, with PostgreSQL's errors"),
    f("rql_ln", 1, "ln of a double, with PostgreSQL's errors"),
    f("rql_log", 1, "log of a double, with PostgreSQL's errors"),
    f("rql_sin", 1, "sin of a double, with PostgreSQL's errors"),
    f("rql_cos", 1, "cos of a double, with PostgreSQL's errors"),
    f("rql_tan", 1, "tan of a double, with PostgreSQL's errors"),
    f("rql_cot", 1, "cot of a double, with PostgreSQL's errors"),
    f("rql_asin", 1, "asin of a double, with PostgreSQL's errors"),
    f("rql_acos", 1, "acos of a double, with PostgreSQL's errors"),
    f("rql_atan", 1, "atan of a double, with PostgreSQL's errors"),
    f("rql_sinh", 1, "sinh of a double, with PostgreSQL's errors"),
    f("rql_cosh", 1, "cosh of a double, with PostgreSQL's errors"),
    f("rql_tanh", 1, "tanh of a double, with PostgreSQL's errors"),
    f(
        "rql_degrees",
        1,
        "degrees of a double, with PostgreSQL's errors",
    ),
    f(
        "rql_radians",
        1,
        "radians of a double, with PostgreSQL's errors",
    ),
    f("rql_pi", 0, "pi"),
    f("rql_random", 0, "a random double from 0 to below 1"),
    f("rql_uuid4", 0, "a random UUID"),
    f("rql_initcap", 1, "PostgreSQL's initcap"),
    f("rql_octet_length", 1, "PostgreSQL's bytes of text or blob"),
    f("rql_bit_length", 1, "PostgreSQL's bits of text or blob"),
    f("rql_lpad", 2, "PostgreSQL's lpad"),
    f("rql_lpad", 3, "PostgreSQL's lpad"),
    f("rql_rpad", 2, "PostgreSQL's rpad"),
    f("rql_rpad", 3, "PostgreSQL's rpad"),
    f("rql_repeat", 2, "PostgreSQL's repeat"),
    f("rql_translate", 3, "PostgreSQL's translate"),
    f("rql_reverse", 1, "PostgreSQL's reverse"),
    f("rql_split_part", 3, "PostgreSQL's split_part"),
    f("rql_overlay", 3, "PostgreSQL's overlay"),
    f("rql_overlay", 4, "PostgreSQL's overlay"),
    f("rql_chr", 1, "PostgreSQL's chr"),
    f("rql_ascii", 1, "PostgreSQL's ascii"),
    f("rql_md5", 1, "PostgreSQL's md5"),
    f("rql_encode", 2, "PostgreSQL's encode"),
    f("rql_decode", 2, "PostgreSQL's decode, of hex and base64"),
    f("rql_quote_literal", 1, "PostgreSQL's quote_literal"),
    f("rql_starts_with", 2, "PostgreSQL's starts_with"),
    f("rql_regexp_like", 2, "PostgreSQL's regexp_like"),
    f("rql_regexp_like", 3, "PostgreSQL's regexp_like with flags"),
    f(
        "rql_substring_regex",
        2,
        "PostgreSQL's substring(text, pattern)",
    ),
    f("rql_regexp_replace", 3, "PostgreSQL's regexp_replace"),
    f(
        "rql_regexp_replace",
        4,
        "PostgreSQL's regexp_replace with flags",
    ),
    f("rql_regexp_count", 2, "PostgreSQL's regexp_count"),
    f("rql_concat", -1, "PostgreSQL's concat"),
    f("rql_concat_ws", -1, "PostgreSQL's concat_ws"),
    f("rql_json_typeof", 1, "PostgreSQL's json_typeof"),
    f("rql_json_array_length", 1, "PostgreSQL's json_array_length"),
    f("rql_to_hex", 2, "to_hex of an integer of `bits`"),
    f("rql_similar", 3, "x SIMILAR TO pattern ESCAPE c"),
    f("rql_bytea", 1, "blob of PostgreSQL's text of bytes"),
    f("rql_bytea_text", 1, "text of a blob"),
    f("rql_bool", 1, "0 or 1 of text"),
    f("rql_uuid", 1, "canonical text of a UUID"),
    f("rql_json", 1, "the text, where it is JSON"),
    f(
        "rql_timestamptz",
        1,
        "timestamp in UTC of text with an offset",
    ),
    f("rql_time", 1, "time of day of text"),
    f("rql_time_of", 1, "time of day of a timestamp"),
    f(
        "rql_interval",
        1,
        "interval of text; PostgreSQL's text form",
    ),
    f("rql_interval_time", 1, "time of day of an interval"),
    f(
        "rql_interval_key",
        1,
        "a BLOB that sorts as the interval does",
    ),
    f(
        "rql_micros",
        1,
        "microseconds since 1970 of a date or timestamp",
    ),
    f(
        "rql_interval_micros",
        1,
        "microseconds of an interval without months; else an error",
    ),
    f("rql_interval_neg", 1, "the interval backwards"),
    f("rql_justify_days", 1, "justify_days"),
    f("rql_justify_hours", 1, "justify_hours"),
    f("rql_justify_interval", 1, "justify_interval"),
    f("rql_to_timestamp", 1, "timestamp of seconds since 1970"),
    f("rql_blob_concat", 2, "both blobs"),
    f(
        "rql_join",
        2,
        "the texts of a JSON array that are not null, with a separator; NULL where there are none",
    ),
    f("rql_array", -1, "JSON array of values"),
    f(
        "rql_array_text",
        2,
        "PostgreSQL's text of an array: (array, form)",
    ),
    f(
        "rql_array_of",
        2,
        "array of PostgreSQL's text: (text, form)",
    ),
    f(
        "rql_array_cast",
        3,
        "array with other elements: (array, form, new form)",
    ),
    f("rql_array_flat", 1, "the elements of all dimensions"),
    f(
        "rql_array_key",
        2,
        "a BLOB that sorts as the array does: (array, form)",
    ),
    f("rql_array_get", -1, "element at subscripts; NULL outside"),
    f("rql_array_slice", -1, "part between pairs of subscripts"),
    f("rql_array_length", 2, "array_length"),
    f("rql_array_lower", 2, "array_lower"),
    f("rql_array_ndims", 1, "array_ndims"),
    f("rql_cardinality", 1, "cardinality"),
    f("rql_trim_array", 2, "trim_array"),
    f("rql_array_contains", 3, "a @> b: (a, b, form)"),
    f("rql_array_overlap", 3, "a && b: (a, b, form)"),
    f(
        "rql_array_concat",
        2,
        "a || b of arrays; NULL counts as empty",
    ),
    f("rql_array_append", 2, "array_append"),
    f("rql_array_prepend", 2, "array_prepend"),
    f(
        "rql_array_position",
        -1,
        "array_position: (array, element, form, from)",
    ),
    f(
        "rql_array_positions",
        3,
        "array_positions: (array, element, form)",
    ),
    f(
        "rql_array_remove",
        3,
        "array_remove: (array, element, form)",
    ),
    f(
        "rql_array_replace",
        4,
        "array_replace: (array, old, new, form)",
    ),
    f(
        "rql_array_to_string",
        4,
        "array_to_string: (array, separator, text of NULL, form)",
    ),
    f(
        "rql_string_to_array",
        3,
        "string_to_array: (text, separator, text of NULL)",
    ),
    f("rql_regexp_split", 2, "regexp_split_to_array"),
    f("rql_regexp_split", 3, "regexp_split_to_array with flags"),
    f("rql_any", 4, "x op ANY (array): (op, x, array, form)"),
    f("rql_all", 4, "x op ALL (array): (op, x, array, form)"),
    f("rql_series", 3, "array of start, start + step, … to stop"),
    f("rql_num_series", 3, "the same of numerics"),
    f(
        "rql_time_series",
        3,
        "the same of timestamps, the step an interval",
    ),
    f("rql_json_elements", 1, "array of the elements' JSON texts"),
    f("rql_json_elements_text", 1, "array of the elements' texts"),
    f(
        "rql_json_members",
        1,
        "object with the JSON texts of its members",
    ),
    f(
        "rql_json_members_text",
        1,
        "object with the texts of its members",
    ),
    f("rql_json_keys", 1, "array of an object's names"),
    f("rql_json_path", 2, "a #> b"),
    f("rql_json_path_text", 2, "a #>> b"),
    f("rql_json_get", 2, "a -> b"),
    f("rql_json_get_text", 2, "a ->> b"),
    f(
        "rql_make_interval",
        3,
        "interval of months, days, microseconds",
    ),
    f("rql_add_days", 3, "date + days × sign: (date, days, sign)"),
    f(
        "rql_shift",
        3,
        "timestamp + interval × sign: (moment, interval, sign)",
    ),
    f(
        "rql_moments_between",
        2,
        "a - b of timestamps, in days and time",
    ),
    f(
        "rql_to_char",
        3,
        "a timestamp by a template; the third argument is 1 where it is in a time zone",
    ),
    f("rql_num_to_char", 2, "a number by a template"),
    f("rql_to_date", 2, "a date out of a text by a template"),
    f(
        "rql_to_timestamp_form",
        2,
        "a timestamp out of a text by a template",
    ),
    f("rql_age", 2, "age(a, b)"),
    f("rql_date_time", 2, "date + time"),
    f("rql_time_add", 2, "time + interval"),
    f("rql_time_sub", 2, "time - interval"),
    f("rql_times_between", 2, "time - time"),
    f("rql_interval_add", 2, "a + b"),
    f("rql_interval_sub", 2, "a - b"),
    f("rql_interval_mul", 2, "interval × double"),
    f("rql_interval_div", 2, "interval / double"),
    f("rql_extract_date", 2, "numeric of (field, date)"),
    f("rql_extract_time", 2, "numeric of (field, time)"),
    f("rql_extract_interval", 2, "numeric of (field, interval)"),
    f("rql_date_trunc", 2, "date_trunc(unit, timestamp)"),
    f("rql_interval_trunc", 2, "date_trunc(unit, interval)"),
    f(
        "rql_timezone",
        3,
        "the timestamp in a zone, UTC or an offset: (zone, timestamp, 1), or the instant of one there: -1",
    ),
    f("rql_timezone_by", 3, "the same by an interval east of UTC"),
    f(
        "rql_interval_of",
        7,
        "interval of years, months, weeks, days, hours, minutes, seconds",
    ),
    f(
        "rql_interval_greatest",
        -1,
        "the longest interval, NULLs left out",
    ),
    f(
        "rql_interval_least",
        -1,
        "the shortest interval, NULLs left out",
    ),
    f("rql_make_date", 3, "make_date"),
    f("rql_make_time", 3, "make_time"),
    f("rql_make_timestamp", 6, "make_timestamp"),
    f(
        "rql_once",
        2,
        "1 where the statement has not yet written the row: (table, number of the row)",
    ),
    aggregate(
        "rql_single",
        1,
        "the value of the only row, NULL where there is none; a second row (NULL or not): 'more than one row returned by a subquery used as an expression'",
    ),
    aggregate(
        "rql_array_agg",
        1,
        "JSON array of all values, NULLs too; NULL where there is none",
    ),
    aggregate("rql_interval_sum", 1, "sum of intervals"),
    aggregate("rql_interval_avg", 1, "mean of intervals"),
    aggregate("rql_interval_min", 1, "shortest interval"),
    aggregate("rql_interval_max", 1, "longest interval"),
    aggregate(
        "rql_json_agg",
        2,
        "JSON texts as an array, each on a line where the second argument is 1; NULL is null, NULL where there is none",
    ),
    aggregate(
        "rql_json_object_agg",
        2,
        "names and JSON texts as an object; a NULL name: 'field name must not be null'",
    ),
    aggregate("rql_int_sum", 1, "sum of integers as numeric"),
    aggregate("rql_num_sum", 1, "sum of numerics"),
    aggregate("rql_num_min", 1, "smallest numeric"),
    aggregate("rql_num_max", 1, "largest numeric"),
    aggregate("rql_bit_and", 1, "bits of all"),
    aggregate("rql_bit_or", 1, "bits of any"),
    aggregate("rql_bit_xor", 1, "bits of an odd number"),
    aggregate("rql_stddev_samp", 1, "of doubles"),
    aggregate("rql_stddev_pop", 1, "of doubles"),
    aggregate("rql_var_samp", 1, "of doubles"),
    aggregate("rql_var_pop", 1, "of doubles"),
    aggregate("rql_num_stddev_samp", 1, "of numerics, as numeric"),
    aggregate("rql_num_stddev_pop", 1, "of numerics, as numeric"),
    aggregate("rql_num_var_samp", 1, "of numerics, as numeric"),
    aggregate("rql_num_var_pop", 1, "of numerics, as numeric"),
    aggregate("rql_corr", 2, "corr(y, x)"),
    aggregate("rql_covar_pop", 2, "covar_pop(y, x)"),
    aggregate("rql_covar_samp", 2, "covar_samp(y, x)"),
    aggregate("rql_regr_avgx", 2, "regr_avgx(y, x)"),
    aggregate("rql_regr_avgy", 2, "regr_avgy(y, x)"),
    aggregate("rql_regr_count", 2, "regr_count(y, x)"),
    aggregate("rql_regr_intercept", 2, "regr_intercept(y, x)"),
    aggregate("rql_regr_r2", 2, "regr_r2(y, x)"),
    aggregate("rql_regr_slope", 2, "regr_slope(y, x)"),
    aggregate("rql_regr_sxx", 2, "regr_sxx(y, x)"),
    aggregate("rql_regr_sxy", 2, "regr_sxy(y, x)"),
    aggregate("rql_regr_syy", 2, "regr_syy(y, x)"),
    aggregate(
        "rql_percentile_cont",
        3,
        "of (value, 1 where descending, fraction)",
    ),
    aggregate(
        "rql_percentile_disc",
        3,
        "of (value, 1 where descending, fraction)",
    ),
    aggregate("rql_mode", 2, "of (value, 1 where descending)"),
];
