//! What the server or chance gives.

use crate::Func;
use crate::function::words::*;

rows! { SYSTEM_ROWS: Func, System {
    GenRandomUuid ["gen_random_uuid"] Never [sig(&[], UUID)],
        Call("gen_random_uuid") [R("rql_uuid4"), N, N, U, X, U],
        "a random UUID", "gen_random_uuid() <> gen_random_uuid()" = "t";
    Version ["version"] Never [sig(&[], TEXT)],
        Call("version") [X, N, N, U, N, U],
        "the server's name and version", "length(version()) > 0" = "t";
}}
