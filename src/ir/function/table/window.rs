//! What needs OVER: window functions and running aggregates.

use crate::function::words::*;
use crate::{Agg, WindowFunc};

rows! { WINDOW: WindowFunc, Window {
    RowNumber ["row_number"] Never [sig(&[], INT8)],
        Call("row_number") [N, N, N, U, N, U],
        "the row's number in its order",
        "row_number() OVER (ORDER BY x) FROM (VALUES (10), (20), (20)) AS t(x) ORDER BY 1" = "1; 2; 3";
    Rank ["rank"] Never [sig(&[], INT8)],
        Call("rank") [N, N, N, U, W, U],
        "one more than the rows before; equal rows have one",
        "rank() OVER (ORDER BY x) FROM (VALUES (10), (10), (20)) AS t(x) ORDER BY 1" = "1; 1; 3";
    DenseRank ["dense_rank"] Never [sig(&[], INT8)],
        Call("dense_rank") [N, N, N, U, W, U],
        "one more than the different values before",
        "dense_rank() OVER (ORDER BY x) FROM (VALUES (10), (10), (20)) AS t(x) ORDER BY 1" = "1; 1; 2";
    PercentRank ["percent_rank"] Never [sig(&[], FLOAT8)],
        Call("percent_rank") [N, N, N, U, W, U],
        "the part of the other rows that come before",
        "percent_rank() OVER (ORDER BY x) FROM (VALUES (10), (20), (30)) AS t(x) ORDER BY 1" = "0; 0.5; 1";
    CumeDist ["cume_dist"] Never [sig(&[], FLOAT8)],
        Call("cume_dist") [N, N, N, U, W, U],
        "the part of the rows that do not come behind",
        "cume_dist() OVER (ORDER BY x) FROM (VALUES (10), (20)) AS t(x) ORDER BY 1" = "0.5; 1";
    Ntile ["ntile"] Sometimes [sig(&[I4], INT4)],
        Call("ntile") [W, N, N, U, N, U],
        "which of so many groups of equal size",
        "ntile(2) OVER (ORDER BY x) FROM (VALUES (10), (20), (30)) AS t(x) ORDER BY 1" = "1; 1; 2";
    Lag ["lag"] Sometimes [sig(&[EL], ELEMENT), sig(&[EL, I4], ELEMENT), sig(&[EL, I4, EL], ELEMENT)],
        Call("lag") [N, N, N, U, W, U],
        "the value so many rows before; else the third argument",
        "lag(x, 1, 0) OVER (ORDER BY x) FROM (VALUES (10), (20)) AS t(x) ORDER BY 1" = "0; 10";
    Lead ["lead"] Sometimes [sig(&[EL], ELEMENT), sig(&[EL, I4], ELEMENT), sig(&[EL, I4, EL], ELEMENT)],
        Call("lead") [N, N, N, U, W, U],
        "the value so many rows behind; else the third argument",
        "lead(x, 1, 0) OVER (ORDER BY x) FROM (VALUES (10), (20)) AS t(x) ORDER BY 1" = "0; 20";
    FirstValue ["first_value"] Sometimes [sig(&[EL], ELEMENT)],
        Call("first_value") [N, N, N, U, N, U],
        "the value of the frame's first row",
        "first_value(x) OVER (ORDER BY x DESC) FROM (VALUES (10), (20)) AS t(x)" = "20; 20";
    LastValue ["last_value"] Sometimes [sig(&[EL], ELEMENT)],
        Call("last_value") [N, N, N, U, N, U],
        "the value of the frame's last row",
        "last_value(x) OVER (ORDER BY x) FROM (VALUES (10), (20)) AS t(x) ORDER BY 1" = "10; 20";
    NthValue ["nth_value"] Sometimes [sig(&[EL, I4], ELEMENT)],
        Call("nth_value") [W, N, N, U, N, U],
        "the value of the frame's n-th row",
        "nth_value(x, 2) OVER (ORDER BY x) FROM (VALUES (10), (20)) AS t(x) ORDER BY 1" = "20; NULL";
}}

// RQL's own; where it is faster, the session adds up while rows pass.
rows! { RUNNING: Agg, Running {
    Sum ["runsum"] Sometimes [sig(&[EL], ELEMENT)],
        Call("SUM") [W, W, W, U, W, U],
        "sum of the rows so far",
        "x, RUNSUM(x) FROM (VALUES (1), (2), (3)) AS t(x) ORDER BY x" = "1,1; 2,3; 3,6";
    Count ["runcount"] Never [sig(&[ANY], INT8)],
        Call("COUNT") [W, W, W, U, W, U],
        "number of rows so far, or of values that are not NULL",
        "x, RUNCOUNT(*) FROM (VALUES (1), (2)) AS t(x) ORDER BY x" = "1,1; 2,2";
    Avg ["runavg"] Sometimes [sig(&[EL], NUM)],
        Call("AVG") [W, W, W, U, W, U],
        "mean of the rows so far",
        "x, RUNAVG(x) FROM (VALUES (1), (2)) AS t(x) ORDER BY x"
            = "1,1.00000000000000000000; 2,1.5000000000000000";
    Min ["runmin"] Sometimes [sig(&[EL], ELEMENT)],
        Call("MIN") [W, W, W, U, W, U],
        "smallest value so far",
        "x, RUNMIN(x) FROM (VALUES (3), (2)) AS t(x) ORDER BY x DESC" = "3,3; 2,2";
    Max ["runmax"] Sometimes [sig(&[EL], ELEMENT)],
        Call("MAX") [W, W, W, U, W, U],
        "largest value so far",
        "x, RUNMAX(x) FROM (VALUES (1), (2)) AS t(x) ORDER BY x" = "1,1; 2,2";
}}
