//! A word that a backend keeps for itself is a name like any other in RQL.

use crate::servers::{Backend, rows, servers};
use std::collections::BTreeSet;

/// Where a backend lists its words.
fn words(backend: Backend) -> Option<&'static str> {
    Some(match backend {
        Backend::Postgresql => "SELECT word FROM pg_get_keywords()",
        Backend::Duckdb => "SELECT keyword_name FROM duckdb_keywords()",
        Backend::Mariadb => "SELECT lower(word) FROM information_schema.keywords",
        // SQLite has no table of its words, which others have too.
        Backend::Sqlite => return None,
    })
}

#[test]
fn every_word_of_every_backend_is_a_name_on_all() {
    let servers = servers();
    let backends = servers.all();
    let mut all: BTreeSet<String> = BTreeSet::new();
    for &backend in &backends {
        if let Some(query) = words(backend) {
            let listed = rows(&mut servers.session(backend), &format!("NATIVE {query}"));
            let plain = |word: &String| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            all.extend(listed.into_iter().filter(plain));
        }
    }
    for &backend in &backends {
        let mut session = servers.session(backend);
        // SQLite gives a query's columns no such names.
        let fits =
            |w: &&String| backend != Backend::Sqlite || !matches!(w.as_str(), "true" | "false");
        for word in all.iter().filter(fits) {
            let w = format!("\"{word}\"");
            let text = format!(
                "SELECT b, {w} AS {w}, {w}.{w} FROM (SELECT 3 AS {w}, 2 AS b) AS {w} WHERE {w} > 1 GROUP BY b, {w}"
            );
            assert_eq!(
                rows(&mut session, &text),
                ["2,3,3"],
                "{word} on {backend:?}"
            );
        }
        let columns: Vec<String> = all.iter().map(|word| format!("\"{word}\"")).collect();
        let made = format!(
            "CREATE TABLE words ({} INTEGER)",
            columns.join(" INTEGER, ")
        );
        let text = format!(
            "{made}; INSERT INTO words ({0}) VALUES ({1}); SELECT {0} FROM words",
            columns.join(", "),
            vec!["1"; columns.len()].join(", "),
        );
        assert_eq!(
            rows(&mut session, &text),
            [vec!["1"; columns.len()].join(",")]
        );
    }
}
