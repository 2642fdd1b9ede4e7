//! A bare SQLite beside a session, whose answers are held to PostgreSQL's: each expression over rows of values at
//! the edges, row by row, so that an error hides nothing. The same answer, the same error, or a refusal that says so.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use noctra_runtime::{Session, Target};
use rql::function::entries;
use std::path::Path;

const TABLE: &str = "CREATE TABLE e (id int PRIMARY KEY, i int, k int, b bigint, s smallint, n numeric(10,2), m numeric(12,6), \
    w numeric(18,4), f double precision, t text, u text, d date, ts timestamp, z timestamptz, ti time, o boolean, j json)";

const ROWS: &[&str] = &[
    "1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    "2, 0, 1, 0, 0, 0, 0, 0, 0, '', '', '2000-02-29', '2000-02-29 00:00:00', '2000-02-29 00:00:00+00', '00:00:00', false, '[]'",
    "3, 2147483647, -1, 9223372036854775807, 32767, 99999999.99, 999999.999999, 99999999999999.9999, '1e300', 'Hello, World', ',', \
     '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59+00', '23:59:59.999999', true, '{\"a\": 1}'",
    "4, -2147483648, -1, -9223372036854775808, -32768, -99999999.99, -999999.999999, -99999999999999.9999, '-1e-300', 'élan Ünï', 'n', \
     '0001-01-01', '0001-01-01 00:00:00', '1969-12-31 23:59:59.5+00', '12:00:00', false, '{\"a\":[1,2],\"b\":null}'",
    "5, 7, -3, -7, 5, 2.50, 0.005000, 1.0050, 2.5, 'a''b\\c', 'b', '2021-01-31', '2021-01-31 12:34:56.789', \
     '2021-01-31 12:34:56+00', '12:34:56.5', true, '[1,\"x\",true,1.50]'",
    "6, -7, 3, 7, -5, -0.01, -0.000001, -0.5000, -0.5, 'a1b22c', '', '2020-12-31', '2020-12-31 00:00:01', \
     '2024-02-29 23:00:00+00', '00:00:01', NULL, '\"text\"'",
    "7, 100, 10, 5, 1, 1250.00, 2.675000, 12345678901234.5678, 123456.789, '  x  ', ' ', '2024-12-30', '1999-12-31 23:59:59.000001', \
     '2000-01-01 00:00:00+00', '23:00:00', true, '12'",
    "8, 1, 2, 3, 4, 0.99, 0.500000, 0.0001, 1, 'a,b,,c', ',', '2023-03-31', '2023-10-29 02:30:00', \
     '2023-10-29 02:30:00+00', '06:07:08', false, '{\"a\":{\"c\":1.10},\"b\":\"q\\\"\"}'",
];

/// What stands behind SELECT.
const EXPRESSIONS: &[&str] = &[
    "nullif(i, i) / (k - k)",
    "i / nullif(k, k)",
    "nullif(i, i) % (k - k)",
    "nullif(n, n) / (m - m)",
    "round(nullif(n, n) / (m - m), 2)",
    "nullif(f, f) / (f - f)",
    "div(nullif(n, n), n - n)",
    "n % (m - m)",
    "substr(nullif(t, t), 1, -1)",
    "substr(t, nullif(k, k), -1)",
    "overlay(nullif(t, t) placing 'x' from 0)",
    "lpad(nullif(t, t), 3)",
    "to_char(nullif(n, n), '9')",
    "to_char(nullif(ts, ts), '\"x\"')",
    "nullif(d, d) + INTERVAL '1 month'",
    "nullif(d, d) + k",
    "make_time(nullif(k, k), 99, 1)",
    "chr(nullif(i, i))",
    "format('%s=%s%%', t, i)",
    "power(f, 2)",
    "power(f, 3)",
    "to_date(to_char(d, 'YYYYMMDD'), 'YYYYMMDD')",
    "to_date(t, 'YYYY-MM-DD')",
    "to_timestamp(to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), 'YYYY-MM-DD HH24:MI:SS')",
    "factorial(k + 17)",
    "sqrt(abs(n))",
    "sqrt(abs(m))",
    "sqrt(abs(w))",
    "sqrt(n)",
    "sqrt(abs(f))",
    "sqrt(f)",
    "factorial(abs(s) % 8)",
    // Of constants.
    "n * ln(2.5)",
    "power(2.0, 0.5) + n",
    "n > exp(1.5)",
    "t = md5('x')",
    "ts + INTERVAL '1 day' / 3",
    "d - INTERVAL '1 month' * 1.5",
    "f * acos(0.5e0)",
    "(1/3.0) BETWEEN 0.3 AND 0.4",
    "n = round(sqrt(6.25), 2)",
    // Integers.
    "i + k",
    "i - k",
    "i * k",
    "i / k",
    "i % k",
    "-i",
    "abs(i)",
    "b + i",
    "b - i",
    "b * k",
    "b / k",
    "b % k",
    "-b",
    "abs(b)",
    "s + s",
    "s * s",
    "s / s",
    "i + 1",
    "i / 2",
    "i % 2",
    "(i + k) * (i - k)",
    "i << k",
    "i >> 2",
    "i & k",
    "i | k",
    "i # k",
    "~i",
    "b << 3",
    "s << 4",
    "gcd(i, k)",
    "lcm(i, 10)",
    "gcd(b, 6)",
    "greatest(i, k)",
    "least(i, k, 3)",
    "greatest(i, k, s, 0)",
    "sign(i)",
    "round(n, k)",
    "round(m, k)",
    "round(w, i)",
    "trunc(n, k)",
    "trunc(m, k + 3)",
    "round(n, nullif(k, k))",
    "min_scale(n)",
    "min_scale(m * 10)",
    "trim_scale(n)",
    "trim_scale(w)",
    "min_scale(i * 1.0)",
    "width_bucket(i::float8, 0, 10, 5)",
    "width_bucket(f, -10, 10, 4)",
    "width_bucket(f, 10, -10, k)",
    "width_bucket(f, f, f, 4)",
    "initcap(t)",
    "initcap(u)",
    "j #> '{a}'",
    "j #> '{a,1}'",
    "j #>> '{a,c}'",
    "j #>> '{1}'",
    "j #>> '{-1}'",
    "(SELECT string_agg(value::text, ';') FROM json_array_elements(CASE WHEN json_typeof(j) = 'array' THEN j END))",
    "(SELECT string_agg(coalesce(value, 'NULL'), ';') FROM json_array_elements_text(j))",
    "(SELECT string_agg(key || '=' || value::text, ';') FROM json_each(j))",
    "(SELECT string_agg(key || '=' || coalesce(value, 'NULL'), ';') FROM json_each_text(CASE WHEN json_typeof(j) = 'object' THEN j END))",
    "(SELECT string_agg(key, ';') FROM json_object_keys(j) AS o(key))",
    "(SELECT a FROM json_to_record(j) AS r(a text, b int))",
    "(SELECT sum(a) FROM json_to_recordset(j) AS r(a int))",
    "(ARRAY[i, k, s])[2:3]",
    "(ARRAY[t, u])[k:]",
    "trim_array(ARRAY[i, k, s], k)",
    "array_ndims(ARRAY[i, k])",
    "array_dims(ARRAY[[i, k], [k, s]])",
    "i < ANY (ARRAY[k, s])",
    "i >= ALL (ARRAY[k, s, 0])",
    "t > ANY (ARRAY[u, 'c'])",
    "t <> ANY (string_to_array(t, ','))",
    "(SELECT count(*) FROM generate_series(d, d + 40, INTERVAL '1 month') AS g(x))",
    "(SELECT max(x) FROM generate_series(ts, ts - INTERVAL '1 day', INTERVAL '-7 hours') AS g(x))",
    "(SELECT string_agg(x::text, ' ') FROM generate_series(1.5, 0.5 + k, 0.5) AS g(x))",
    "factorial(k + 3)",
    "to_hex(i)",
    "to_hex(b)",
    "i::smallint",
    "b::int",
    "s::bigint",
    "f::int",
    "f::bigint",
    "t::int",
    "n::int",
    "m::int",
    "w::bigint",
    "i::text",
    "coalesce(i, k) + 1",
    "nullif(i, k)",
    // Decimals.
    "n + m",
    "n - m",
    "n * m",
    "n / m",
    "n % m",
    "n * 2",
    "n / 3",
    "n + i",
    "w + n",
    "w * 2",
    "m * m",
    "-n",
    "abs(n)",
    "sign(n)",
    "round(n)",
    "round(n, 1)",
    "round(m, 2)",
    "round(m, 5)",
    "round(n, -2)",
    "trunc(n)",
    "trunc(m, 3)",
    "trunc(n, -1)",
    "ceil(n)",
    "floor(n)",
    "ceil(m)",
    "floor(m)",
    "n / nullif(i, 0)",
    "i / 7.0",
    "1 / n",
    "round(n / 3, 2)",
    "round(n / k, 4)",
    "trunc(n / 7, 3)",
    "(n / 3)::numeric(12,3)",
    "n::text",
    "m::text",
    "w::text",
    "n::numeric(6,1)",
    "m::numeric(4,2)",
    "n::double precision",
    "w::double precision",
    "n > m",
    "n = m * 1.0",
    "div(n, m)",
    "mod(n, 7)",
    "greatest(n, 0.00)",
    "n BETWEEN m AND w",
    "scale(n)",
    "n * n * n",
    "w * w",
    "i * 1.25",
    "b * 1.5",
    "n + 0.005",
    "cast(n as bigint)",
    "n / 1000",
    "m / n",
    "w / 7",
    "w / m",
    // Doubles.
    "f + 1.5e0",
    "f - f",
    "f * 2e0",
    "f / 3e0",
    "f * f",
    "round(f)",
    "trunc(f)",
    "ceil(f)",
    "floor(f)",
    "sign(f)",
    "degrees(f)",
    "radians(f)",
    "abs(f)",
    "-f",
    "f > 1",
    "i::double precision",
    "f / nullif(i, 0)",
    // Texts.
    "upper(t)",
    "lower(t)",
    "length(t)",
    "octet_length(t)",
    "bit_length(t)",
    "substr(t, 2)",
    "substr(t, 0, 3)",
    "substr(t, -1, 4)",
    "substr(t, k)",
    "substr(t, k, 3)",
    "substr(t, 2, k)",
    "left(t, 2)",
    "left(t, -2)",
    "left(t, k)",
    "right(t, 2)",
    "right(t, -2)",
    "right(t, 0)",
    "right(t, k)",
    "lpad(t, 8)",
    "lpad(t, 8, 'xy')",
    "lpad(t, k, u)",
    "rpad(t, 8)",
    "rpad(t, 10, u)",
    "rpad(t, 2, '')",
    "repeat(t, 2)",
    "repeat(t, k)",
    "repeat(u, 0)",
    "reverse(t)",
    "split_part(t, ',', 1)",
    "split_part(t, ',', 4)",
    "split_part(t, ',', -1)",
    "split_part(t, u, 2)",
    "split_part(t, u, k)",
    "overlay(t placing 'XX' from 2)",
    "overlay(t placing 'XX' from 2 for 3)",
    "overlay(t placing u from k for 2)",
    "translate(t, 'ab', 'xy')",
    "translate(t, 'abc', 'x')",
    "ascii(t)",
    "ascii(u)",
    "chr(i + 64)",
    "chr(k)",
    "starts_with(t, 'a')",
    "starts_with(t, u)",
    "concat(t, u, i, n, o)",
    "concat_ws(u, t, i, n)",
    "concat_ws(', ', t, NULL, u)",
    "quote_literal(t)",
    "quote_nullable(t)",
    "trim(t)",
    "ltrim(t, 'a ')",
    "rtrim(t, 'c ')",
    "position(u in t)",
    "strpos(t, u)",
    "replace(t, u, '-')",
    "t || u || i",
    "t LIKE 'a%'",
    "t LIKE '_1%'",
    "t ILIKE 'HELLO%'",
    "t ~ '^[a-z]'",
    "t ~ '[0-9]+'",
    "t ~ 'b|c'",
    "t ~ '^a.*c$'",
    "t !~ ','",
    "t ~* 'hello'",
    "t SIMILAR TO 'a%'",
    "t SIMILAR TO '[a-z]%'",
    "regexp_replace(t, '[0-9]+', '#', 'g')",
    "regexp_replace(t, 'b', '-')",
    "regexp_replace(t, '[^a-z]', '', 'g')",
    "regexp_count(t, 'b')",
    "regexp_like(t, '^[a-z0-9]+$')",
    "encode(t::bytea, 'hex')",
    "t = u",
    "t < u",
    "greatest(t, u)",
    "t::varchar(3)",
    // Dates and times.
    "d + 1",
    "d - 1",
    "d + k",
    "d - i",
    "d - d",
    "d + INTERVAL '1 month'",
    "d - INTERVAL '1 month'",
    "d + INTERVAL '1 year'",
    "d + INTERVAL '1 day'",
    "d - INTERVAL '11 months 3 days'",
    "ts + INTERVAL '1 month'",
    "ts + INTERVAL '1 hour'",
    "ts - INTERVAL '1 second'",
    "ts + INTERVAL '0.5 seconds'",
    "ts - INTERVAL '0.000001 seconds'",
    "ts + INTERVAL '1 month 2 days 03:04:05.6'",
    "ts - INTERVAL '1 day'",
    "extract(year from d)",
    "extract(month from d)",
    "extract(day from d)",
    "extract(dow from d)",
    "extract(isodow from d)",
    "extract(doy from d)",
    "extract(week from d)",
    "extract(isoyear from d)",
    "extract(quarter from d)",
    "extract(epoch from d)",
    "extract(century from d)",
    "extract(decade from d)",
    "extract(millennium from d)",
    "extract(julian from d)",
    "extract(hour from ts)",
    "extract(minute from ts)",
    "extract(second from ts)",
    "extract(milliseconds from ts)",
    "extract(microseconds from ts)",
    "extract(epoch from ts)",
    "extract(week from ts)",
    "extract(dow from ts)",
    "extract(epoch from z)",
    "extract(hour from ti)",
    "extract(second from ti)",
    "extract(epoch from ti)",
    "date_part('year', ts)",
    "date_part('second', ts)",
    "date_trunc('year', ts)",
    "date_trunc('quarter', ts)",
    "date_trunc('month', ts)",
    "date_trunc('week', ts)",
    "date_trunc('day', ts)",
    "date_trunc('hour', ts)",
    "date_trunc('minute', ts)",
    "date_trunc('second', ts)",
    "date_trunc('milliseconds', ts)",
    "date_trunc('microseconds', ts)",
    "date_trunc('decade', ts)",
    "date_trunc('century', ts)",
    "date_trunc('millennium', ts)",
    "date_trunc('month', d)",
    "date_trunc('day', z)",
    "ts - TIMESTAMP '2000-01-01 12:00:00'",
    "z - z",
    "ts::date",
    "ts::time",
    "d::timestamp",
    "ts::text",
    "d::text",
    "z::text",
    "ti::text",
    "z + INTERVAL '1 day'",
    "ti + INTERVAL '90 minutes'",
    "ti - INTERVAL '1 hour'",
    "d + ti",
    "ts > d",
    "extract(day from ts - d)",
    "make_date(i, 1, 1)",
    "make_date(2024, 2, k + 19)",
    "make_time(k, 5, 6.5)",
    "make_timestamp(2024, 2, 29, k, 5, 6.25)",
    "to_timestamp(f)",
    "to_timestamp(i)",
    "ts::timestamptz",
    "date_trunc('day', ts) = d",
    // Templates.
    "to_char(n, '9999.99')",
    "to_char(n, 'FM9999.99')",
    "to_char(n, '0000.0')",
    "to_char(n, 'FM000.999')",
    "to_char(n, '9,999,999.99')",
    "to_char(n, 'S999.9')",
    "to_char(n, '999.9S')",
    "to_char(n, '999MI')",
    "to_char(n, '9999PR')",
    "to_char(i, '999')",
    "to_char(i, 'FM999')",
    "to_char(i, '9,999')",
    "to_char(i, '099')",
    "to_char(b, '9G999G999G999')",
    "to_char(m, '.999')",
    "to_char(m, 'FM9.9999')",
    "to_char(m, '\"x\"0.00\"y\"')",
    "to_char(n, 'FM9,999.00')",
    "to_char(i, '0')",
    "to_char(n, '99')",
    "to_char(ts, 'YYYY-MM-DD HH24:MI:SS')",
    "to_char(ts, 'YY MM DD HH12 HH:MI:SS AM')",
    "to_char(ts, 'Month Day DD')",
    "to_char(ts, 'FMMonth FMDay FMDD')",
    "to_char(ts, 'MON DY mon dy')",
    "to_char(ts, 'DDD DDth D ID W WW IW IYYY')",
    "to_char(ts, 'MS US FF3')",
    "to_char(ts, 'Q CC J SSSS')",
    "to_char(ts, 'am p.m. BC RM rm')",
    "to_char(ts, '\"no $1 fail(''x'') field\"')",
    "to_char(ts, 'AM')",
    "to_char(d, 'YYYY\"T\"DD TZ')",
    "to_char(z, 'HH24 TZ OF')",
    "to_char(ts, 'Y,YYY IDDD')",
    // Documents and arrays.
    "j -> 'a'",
    "j ->> 'a'",
    "j -> 0",
    "j ->> 1",
    "j ->> -1",
    "j ->> 3",
    "j ->> 'b'",
    "json_typeof(j)",
    "to_json(t)",
    "to_json(i)",
    "to_json(n)",
    "to_json(o)",
    "to_json(ts)",
    "json_build_array(i, t, n, NULL)",
    "json_build_object('i', i, 't', t)",
    "ARRAY[i, k]",
    "ARRAY[t, u]",
    "ARRAY[n, m]",
    "(ARRAY[i, k])[1]",
    "(ARRAY[i, k])[k]",
    "array_length(ARRAY[i, k], 1)",
    "array_append(ARRAY[i], k)",
    "array_prepend(i, ARRAY[k])",
    "array_cat(ARRAY[i], ARRAY[k])",
    "array_position(ARRAY[i, k], k)",
    "array_remove(ARRAY[i, k, i], i)",
    "array_to_string(ARRAY[t, u], '-')",
    "array_to_string(ARRAY[i, NULL], ',', '*')",
    "string_to_array(t, ',')",
    "string_to_array(t, NULL)",
    "string_to_array(t, u, 'b')",
    "i = ANY(ARRAY[1, k])",
    "ARRAY[i, k] @> ARRAY[k]",
    "ARRAY[t] && ARRAY[u]",
    "cardinality(string_to_array(t, ','))",
    "json_array_length(j)",
    "o::text",
    "CASE WHEN o THEN n ELSE m END",
    "n IS DISTINCT FROM m",
    "(SELECT x FROM (VALUES (i), (k)) v(x) WHERE x > 5)",
];

/// What stands behind SELECT and FROM e: of all rows.
const QUERIES: &[&str] = &[
    "sum(i), sum(s), sum(n), sum(m) FROM e",
    "avg(i), avg(s), avg(n) FROM e WHERE id NOT IN (3, 4)",
    "sum(b) FROM e WHERE id > 4",
    "min(n), max(m), min(t), max(d) FROM e",
    "k, sum(n), count(*) FROM e GROUP BY k ORDER BY k NULLS LAST",
    "array_agg(i ORDER BY id), json_agg(t ORDER BY id), json_object_agg(id, n ORDER BY id) FROM e",
    "id, sum(n) OVER (ORDER BY id), sum(i::bigint) OVER (ORDER BY id) FROM e ORDER BY id",
    "n * 2 AS x, count(*) FROM e GROUP BY n * 2 ORDER BY x NULLS LAST",
    "id FROM e ORDER BY n / 3 NULLS FIRST, id",
    "id, upper(u) FROM e WHERE length(t) > 2 AND substr(t, 2, 1) <> 'x' ORDER BY upper(u), id",
    "string_agg(t, ',' ORDER BY id) FROM e",
    "string_agg(DISTINCT u, '/') FROM e",
    "k, avg(n), avg(i::bigint), round(avg(m), 3) FROM e GROUP BY k ORDER BY k NULLS LAST",
    "avg(n) + 1, avg(s) > 2, avg(n) FILTER (WHERE id > 5) FROM e",
    "k FROM e GROUP BY k HAVING avg(s) > 1 ORDER BY avg(s)",
    "id, (SELECT avg(o.s) FROM e AS o WHERE o.id < e.id) FROM e ORDER BY id",
    "DISTINCT i % 3 FROM e ORDER BY 1",
    "bit_and(i), bit_or(i), bit_xor(i), bit_and(b), bit_or(b), bit_xor(b), bit_or(s) FROM e",
    "k, bit_or(id), bit_and(DISTINCT id), bit_xor(id) FILTER (WHERE id > 5) FROM e GROUP BY k ORDER BY k NULLS LAST",
    "stddev(s), stddev_pop(s), variance(s), var_pop(s) FROM e WHERE id NOT IN (3, 4)",
    "k, stddev(n), var_pop(n), variance(m), stddev_pop(DISTINCT s) FROM e WHERE id > 4 GROUP BY k ORDER BY k NULLS LAST",
    "stddev(i), var_samp(i) FROM e WHERE id = 5",
    "stddev(f), variance(f), stddev_pop(f), var_pop(f) FROM e WHERE id > 4",
    "corr(f, i), covar_pop(f, s), covar_samp(f, s), regr_slope(f, s), regr_intercept(f, s), regr_r2(f, s) FROM e WHERE id > 4",
    "regr_count(f, i), regr_avgx(f, i), regr_avgy(f, i), regr_sxx(f, i), regr_sxy(f, i), regr_syy(f, i) FROM e WHERE id > 4",
    "regr_count(f, i), regr_sxx(f, i), corr(f, i) FROM e WHERE id < 0",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY i), percentile_cont(0.3) WITHIN GROUP (ORDER BY f DESC) FROM e WHERE id <> 3",
    "percentile_disc(0.5) WITHIN GROUP (ORDER BY t), percentile_disc(0) WITHIN GROUP (ORDER BY f), percentile_disc(1) WITHIN GROUP (ORDER BY d DESC) FROM e",
    "k, percentile_disc(0.4) WITHIN GROUP (ORDER BY id), mode() WITHIN GROUP (ORDER BY u DESC) FROM e GROUP BY k ORDER BY k NULLS LAST",
    "mode() WITHIN GROUP (ORDER BY k), mode() WITHIN GROUP (ORDER BY n) FROM e",
    "string_agg(DISTINCT t, '|' ORDER BY t), array_agg(t ORDER BY id) FROM e",
    "reverse(max(t)), split_part(min(t), ',', 1), gcd(sum(s)::int, 6), sum(n) / sum(s) FROM e",
    "array_length(array_agg(i), 1), array_position(array_agg(k ORDER BY id), 10) FROM e",
];

/// An error that says of a value that only a session computes with it.
fn stops(said: &str) -> bool {
    said.contains("a bare SQLite ") || said.contains("integer overflow")
}

/// The same values: of a mean PostgreSQL leaves open how many digits it has.
fn near(wanted: &[String], given: &[String]) -> bool {
    let cells = |rows: &[String]| -> Vec<String> {
        rows.iter()
            .flat_map(|row| row.split(','))
            .map(str::to_owned)
            .collect()
    };
    let close = |a: &String, b: &String| {
        let long = a
            .split_once('.')
            .is_some_and(|(_, digits)| digits.len() >= 12);
        let both = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
        a == b || long && both.is_some_and(|(a, b)| (a - b).abs() <= 1e-12 * a.abs())
    };
    let (wanted, given) = (cells(wanted), cells(given));
    wanted.len() == given.len() && wanted.iter().zip(&given).all(|(a, b)| close(a, b))
}

fn same(full: &mut Session, bare: &mut Session, sql: &str, refused: &mut usize) -> Option<String> {
    let means = sql.contains("avg(");
    let wanted = common::run_csv(full, sql);
    let given = common::run_csv(bare, sql);
    match (&wanted, &given) {
        (Ok(wanted), Ok(given)) if wanted == given || means && near(wanted, given) => None,
        (Err(_), Err(_)) => None,
        (_, Err(said)) if said.starts_with("RQL0504") || stops(said) => {
            *refused += 1;
            None
        }
        _ => Some(format!(
            "{sql}\n    session {wanted:?}\n    bare    {given:?}"
        )),
    }
}

fn both(file: &Path) -> Result<(Session, Session), String> {
    let full = Target::parse(&format!("sqlite:{}", file.display())).and_then(Session::open);
    let mut full = full.map_err(|error| error.to_string())?;
    common::run_csv(&mut full, TABLE)?;
    for row in ROWS {
        common::run_csv(&mut full, &format!("INSERT INTO e VALUES ({row})"))?;
    }
    let bare = Session::standalone(file).map_err(|error| error.to_string())?;
    Ok((full, bare))
}

#[test]
fn a_bare_sqlite_answers_as_a_session_does() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let opened = both(&folder.path().join("edges.db"));
    let (mut full, mut bare) = opened.unwrap_or_else(|error| panic!("{error}"));
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for expression in EXPRESSIONS {
        for id in 1..=ROWS.len() {
            let sql = format!("SELECT {expression} FROM e WHERE id = {id}");
            wrong.extend(same(&mut full, &mut bare, &sql, &mut refused));
        }
    }
    for query in QUERIES {
        let sql = format!("SELECT {query}");
        wrong.extend(same(&mut full, &mut bare, &sql, &mut refused));
    }
    println!(
        "{} expressions of {} rows, {refused} refused",
        EXPRESSIONS.len(),
        ROWS.len()
    );
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_manuals_examples_have_their_answers_on_a_bare_sqlite() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let opened = Session::standalone(&folder.path().join("examples.db"));
    let mut bare = opened.unwrap_or_else(|error| panic!("{error}"));
    let (mut wrong, mut equal, mut refused) = (Vec::new(), 0, 0);
    let owned = |texts: &[&str]| -> Vec<String> { texts.iter().map(ToString::to_string).collect() };
    for entry in entries() {
        let sql = format!("SELECT {}", entry.example);
        let answer: Vec<&str> = entry.answer.split("; ").collect();
        match common::run_csv(&mut bare, &sql) {
            Ok(given) if given == answer || near(&owned(&answer), &given) => equal += 1,
            Err(said) if said.starts_with("RQL050") || stops(&said) => refused += 1,
            given => wrong.push(format!("{sql}: {answer:?}, here {given:?}")),
        }
    }
    println!("{equal} examples equal, {refused} refused");
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
