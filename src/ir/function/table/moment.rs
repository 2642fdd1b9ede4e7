//! Dates, times and intervals.

use crate::Func;
use crate::function::words::*;

rows! { MOMENT_ROWS: Func, Moment {
    AddDays ["+"] Strict [sig(&[D, I4], DATE), sig(&[I4, D], DATE)],
        Infix("+", 8) [W, W, N, U, W, U],
        "date and days", "DATE '2024-02-28' + 2" = "2024-03-01";
    SubDays ["-"] Strict [sig(&[D, I4], DATE)],
        Infix("-", 8) [W, W, N, U, W, U],
        "date less days", "DATE '2024-03-01' - 1" = "2024-02-29";
    DaysBetween ["-"] Strict [sig(&[D, D], INT4)],
        Infix("-", 8) [W, N, N, U, W, U],
        "days between two dates", "DATE '2024-03-01' - DATE '2024-02-01'" = "29";
    AddInterval ["+"] Strict [
        sig(&[D, IV], STAMP), sig(&[TS, IV], STAMP), sig(&[TZ, IV], STAMPTZ), sig(&[IV, D], STAMP),
        sig(&[IV, TS], STAMP), sig(&[IV, TZ], STAMPTZ),
    ],
        Infix("+", 8) [W, N, N, U, W, U],
        "moment and interval; a day that its month lacks is its last",
        "DATE '2024-01-31' + INTERVAL '1 month'" = "2024-02-29 00:00:00";
    SubInterval ["-"] Strict [sig(&[D, IV], STAMP), sig(&[TS, IV], STAMP), sig(&[TZ, IV], STAMPTZ)],
        Infix("-", 8) [W, N, N, U, W, U],
        "moment less interval", "TIMESTAMP '2024-03-31 12:00' - INTERVAL '1 month'" = "2024-02-29 12:00:00";
    MomentsBetween ["-"] Strict [sig(&[TS, TS], SPAN), sig(&[TZ, TZ], SPAN)],
        Infix("-", 8) [R("rql_moments_between"), N, N, U, W, U],
        "interval between two moments, in days and time",
        "TIMESTAMP '2024-03-01' - TIMESTAMP '2024-02-28 12:00'" = "1 day 12:00:00";
    DateTime ["+"] Strict [sig(&[D, TI], STAMP), sig(&[TI, D], STAMP)],
        Infix("+", 8) [R("rql_date_time"), N, N, U, W, U],
        "moment of a date and a time", "DATE '2024-02-29' + TIME '13:45'" = "2024-02-29 13:45:00";
    TimeAdd ["+"] Strict [sig(&[TI, IV], TIME), sig(&[IV, TI], TIME)],
        Infix("+", 8) [R("rql_time_add"), N, N, U, W, U],
        "time of day and interval", "TIME '23:30' + INTERVAL '1 hour'" = "00:30:00";
    TimeSub ["-"] Strict [sig(&[TI, IV], TIME)],
        Infix("-", 8) [R("rql_time_sub"), N, N, U, W, U],
        "time of day less interval", "TIME '00:30' - INTERVAL '1 hour'" = "23:30:00";
    TimesBetween ["-"] Strict [sig(&[TI, TI], SPAN)],
        Infix("-", 8) [R("rql_times_between"), W, N, U, W, U],
        "interval between two times of day", "TIME '13:00' - TIME '13:45'" = "-00:45:00";
    Extract ["extract"] "extract(field FROM moment) → numeric" Strict [],
        Special(20) [W, W, N, U, W, U],
        "a field of a date, time, timestamp or interval", "extract(week FROM DATE '2024-12-30')" = "1";
    DatePart ["date_part"] Strict [
        sig(&[T, D], FLOAT8), sig(&[T, TS], FLOAT8), sig(&[T, TZ], FLOAT8), sig(&[T, IV], FLOAT8),
        sig(&[T, TI], FLOAT8),
    ],
        Call("date_part") [W, W, N, U, W, U],
        "a field of a moment", "date_part('year', DATE '2024-02-29')" = "2024";
    DateTrunc ["date_trunc"] Strict [sig(&[T, TS], STAMP), sig(&[T, TZ], STAMPTZ), sig(&[T, IV], SPAN)],
        Call("date_trunc") [W, W, N, U, W, U],
        "a moment cut to a unit",
        "date_trunc('month', TIMESTAMP '2024-02-29 13:45')" = "2024-02-01 00:00:00";
    DateBin ["date_bin"] Strict [sig(&[IV, TS, TS], STAMP), sig(&[IV, TZ, TZ], STAMPTZ)],
        Call("date_bin") [R("rql_date_bin"), W, N, U, W, U],
        "the start of the step that a moment is in, counted from an origin",
        "date_bin('15 minutes', TIMESTAMP '2024-02-29 13:44', TIMESTAMP '2024-01-01')" = "2024-02-29 13:30:00";
    Age ["age"] Strict [sig(&[TS, TS], SPAN), sig(&[TZ, TZ], SPAN)],
        Call("age") [R("rql_age"), N, N, U, W, U],
        "interval between two moments, in years, months, days and time",
        "age(TIMESTAMP '2024-02-29', TIMESTAMP '2023-01-31')" = "1 year 29 days";
    MakeDate ["make_date"] Strict [sig(&[I4, I4, I4], DATE)],
        Call("make_date") [R("rql_make_date"), W, N, U, W, U],
        "date of year, month and day", "make_date(2024, 2, 29)" = "2024-02-29";
    MakeTime ["make_time"] Strict [sig(&[I4, I4, F8], TIME)],
        Call("make_time") [R("rql_make_time"), N, N, U, W, U],
        "time of hour, minute and second", "make_time(13, 45, 1.5)" = "13:45:01.5";
    MakeTimestamp ["make_timestamp"] Strict [sig(&[I4, I4, I4, I4, I4, F8], STAMP)],
        Call("make_timestamp") [R("rql_make_timestamp"), W, N, U, W, U],
        "moment of its fields", "make_timestamp(2024, 2, 29, 13, 45, 1.5)" = "2024-02-29 13:45:01.5";
    ToTimestamp ["to_timestamp"] Strict [sig(&[F8], STAMPTZ)],
        Call("to_timestamp") [R("rql_to_timestamp"), W, N, U, W, U],
        "moment of seconds since 1970", "to_timestamp(86400)" = "1970-01-02 00:00:00+00";
    ToTimestampForm ["to_timestamp"] Strict [sig(&[T, T], STAMPTZ)],
        Call("to_timestamp") [R("rql_to_timestamp_form"), W, N, U, W, U],
        "moment of a text of a form",
        "to_timestamp('29.02.2024 13:45', 'DD.MM.YYYY HH24:MI')" = "2024-02-29 13:45:00+00";
    ToDate ["to_date"] Strict [sig(&[T, T], DATE)],
        Call("to_date") [R("rql_to_date"), W, N, U, W, U],
        "date of a text of a form", "to_date('29.02.2024', 'DD.MM.YYYY')" = "2024-02-29";
    ToChar ["to_char"] Strict [
        sig(&[TS, T], TEXT), sig(&[TZ, T], TEXT), sig(&[IV, T], TEXT), sig(&[D10, T], TEXT),
        sig(&[I4, T], TEXT), sig(&[I8, T], TEXT), sig(&[F8, T], TEXT), sig(&[F4, T], TEXT),
    ],
        Call("to_char") [W, W, N, U, W, U],
        "text of a value in a form",
        "to_char(TIMESTAMP '2024-02-29 13:45', 'DD.MM.YYYY HH24:MI')" = "29.02.2024 13:45";
    AtTimeZone ["timezone"] Strict [
        sig(&[T, TS], STAMPTZ), sig(&[T, TZ], STAMP), sig(&[IV, TS], STAMPTZ), sig(&[IV, TZ], STAMP),
    ],
        Special(11) [W, W, N, U, W, U],
        "moment in a time zone",
        "TIMESTAMP '2024-02-29 13:45' AT TIME ZONE 'UTC'" = "2024-02-29 13:45:00+00";
    CurrentDate ["current_date"] "current_date → date" Never [],
        Special(20) [N, N, N, U, N, U],
        "the day of the transaction", "current_date = current_date" = "t";
    CurrentTime ["localtime"] "localtime → time" Never [],
        Special(20) [W, N, N, U, W, U],
        "the time of day of the transaction", "localtime = localtime" = "t";
    CurrentTimestamp ["now", "transaction_timestamp"] Never [sig(&[], STAMPTZ)],
        Special(20) [W, N, N, U, W, U],
        "the moment of the transaction", "now() = now()" = "t";
    LocalTimestamp ["localtimestamp"] "localtimestamp → timestamp" Never [],
        Special(20) [W, N, N, U, W, U],
        "the moment of the transaction, without a time zone", "localtimestamp = localtimestamp" = "t";
    ClockTimestamp ["clock_timestamp", "statement_timestamp"] Never [sig(&[], STAMPTZ)],
        Call("clock_timestamp") [W, X, N, U, W, U],
        "the present moment", "clock_timestamp() >= now()" = "t";
}}

rows! { INTERVAL_ROWS: Func, Interval {
    IntervalAdd ["+"] Strict [sig(&[IV, IV], SPAN)],
        Infix("+", 8) [R("rql_interval_add"), N, N, U, W, U],
        "sum of intervals", "INTERVAL '1 month' + INTERVAL '1 day'" = "1 mon 1 day";
    IntervalSub ["-"] Strict [sig(&[IV, IV], SPAN)],
        Infix("-", 8) [R("rql_interval_sub"), N, N, U, W, U],
        "difference of intervals", "INTERVAL '1 month' - INTERVAL '1 day'" = "1 mon -1 days";
    IntervalMul ["*"] Strict [sig(&[IV, F8], SPAN), sig(&[F8, IV], SPAN)],
        Infix("*", 9) [R("rql_interval_mul"), N, N, U, W, U],
        "interval so many times", "DATE '2024-02-28' + INTERVAL '1 day' * 2" = "2024-03-01 00:00:00";
    IntervalDiv ["/"] Strict [sig(&[IV, F8], SPAN)],
        Infix("/", 9) [R("rql_interval_div"), W, N, U, W, U],
        "part of an interval", "INTERVAL '1 day' / 2" = "12:00:00";
    IntervalNeg ["-"] Strict [sig(&[IV], SPAN)],
        Prefix("-", 12) [R("rql_interval_neg"), N, N, U, W, U],
        "interval backwards", "-INTERVAL '1 day 2 hours'" = "-1 days -02:00:00";
    MakeInterval ["make_interval"] Strict [sig(&[I4, I4, I4, I4, I4, I4, F8], SPAN)],
        Call("make_interval") [R("rql_interval_of"), W, N, U, W, U],
        "interval of years, months, weeks, days, hours, minutes and seconds",
        "make_interval(days => 10)" = "10 days";
    JustifyDays ["justify_days"] Strict [sig(&[IV], SPAN)],
        Call("justify_days") [R("rql_justify_days"), W, N, U, W, U],
        "interval with days as months", "justify_days(INTERVAL '35 days')" = "1 mon 5 days";
    JustifyHours ["justify_hours"] Strict [sig(&[IV], SPAN)],
        Call("justify_hours") [R("rql_justify_hours"), W, N, U, W, U],
        "interval with hours as days", "justify_hours(INTERVAL '27 hours')" = "1 day 03:00:00";
    JustifyInterval ["justify_interval"] Strict [sig(&[IV], SPAN)],
        Call("justify_interval") [R("rql_justify_interval"), W, N, U, W, U],
        "interval in all its units", "justify_interval(INTERVAL '1 month -1 hour')" = "29 days 23:00:00";
}}
