//! What the server or chance gives.

use crate::Func;
use crate::function::words::*;

rows! { SYSTEM_ROWS: Func, System {
    GenRandomUuid ["gen_random_uuid"] Never [sig(&[], UUID)],
        Call("gen_random_uuid") [R("rql_uuid4"), N, N, U, X, U],
        "a random UUID", "gen_random_uuid() <> gen_random_uuid()" = "t";
    Version ["version"] Never [sig(&[], TEXT)],
        Call("version") [W, N, N, U, N, U],
        "the server's name and version", "length(version()) > 0" = "t";
    CurrentUser ["current_user"] "current_user → text" Never [sig(&[], TEXT)],
        Special(20) [X, N, N, U, W, U],
        "who asks, as the server knows the person", "length(current_user) > 0" = "t";
    SessionUser ["session_user"] "session_user → text" Never [sig(&[], TEXT)],
        Special(20) [X, N, N, U, W, U],
        "who has connected", "length(session_user) > 0" = "t";
    CurrentDatabase ["current_database"] Sometimes [sig(&[], TEXT)],
        Call("current_database") [X, N, N, U, W, U],
        "the database's name", "length(current_database()) > 0" = "t";
    CurrentSchema ["current_schema"] Sometimes [sig(&[], TEXT)],
        Call("current_schema") [W, N, N, U, W, U],
        "the schema that new tables go to", "length(current_schema()) > 0" = "t";
    Nextval ["nextval"] Strict [sig(&[T], INT8)],
        Call("nextval") [R("rql_nextval"), N, N, U, X, U],
        "the next number of a sequence, which no other gets", "nextval('ticket') > 0" = "t";
    Currval ["currval"] Strict [sig(&[T], INT8)],
        Call("currval") [R("rql_currval"), X, N, U, X, U],
        "the number that nextval gave last in this session", "currval('ticket') > 0" = "t";
    Lastval ["lastval"] Never [sig(&[], INT8)],
        Call("lastval") [R("rql_lastval"), X, N, U, X, U],
        "the same, of whatever sequence it was", "lastval() > 0" = "t";
    Setval ["setval"] Strict [sig(&[T, I8], INT8), sig(&[T, I8, B], INT8)],
        Call("setval") [R("rql_setval"), X, N, U, X, U],
        "lets a sequence go on behind a number, or with false at it", "setval('ticket', 41)" = "41";
}}
