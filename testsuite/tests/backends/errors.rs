//! What a backend says is wrong, at the place in the source where it is wrong.

use crate::servers::{rows, servers};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Failure, Output, Session};
use rql_diagnostics::{RenderOptions, render};
use std::io;

const SCHEMA: &str =
    "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(10) NOT NULL, dept TEXT,
    hours INTEGER CHECK (hours >= 0));
INSERT INTO staff VALUES (1, 'Ann', 'IT', 10), (2, 'Ben', 'IT', 0), (3, 'Eve', 'HR', 5)";

/// Each fails when it runs.
const WRONG: &[&str] = &[
    "SELECT dept,
       SUM(hours) AS total,
       MAX(100 / hours) AS share
FROM staff
WHERE name <> 'Zoe'
GROUP BY dept
ORDER BY dept",
    "INSERT INTO staff (id, name) VALUES (4, 'Dan'), (1, 'Eva')",
    "SELECT name, hours + 2147483647 AS much FROM staff",
    "UPDATE staff SET name = NULL WHERE id = 2",
    "UPDATE staff SET hours = hours - 8",
    "INSERT INTO staff (id, name) VALUES (5, 'Maximiliane')",
    "SELECT CAST(name AS INTEGER) FROM staff",
    "SELECT (SELECT name FROM staff WHERE dept = 'IT') AS x",
    "NATIVE SELECT nowhere FROM staff",
];

fn rendered(session: &mut Session, text: &str) -> String {
    let Some(format) = Format::named("csv") else {
        panic!("no CSV");
    };
    let mut out = Output::new(
        format,
        Options::default(),
        Box::new(io::sink()),
        Box::new(io::sink()),
    );
    let Err(Failure::Diagnostics(found)) = session.run_text(text, &mut out) else {
        panic!("{text} has not failed");
    };
    let options = RenderOptions {
        color: false,
        unicode: true,
    };
    found
        .iter()
        .map(|diagnostic| render(diagnostic, "wrong.rql", text, options))
        .collect()
}

#[test]
fn errors_stand_at_their_place_in_the_source() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(&mut session, SCHEMA);
        let place = session.target().to_string();
        let database = place.rsplit('/').next().unwrap_or_default();
        let shown: Vec<String> = WRONG
            .iter()
            .map(|text| rendered(&mut session, text))
            .collect();
        let shown = shown.join("\n").replace(database, "database");
        insta::assert_snapshot!(format!("errors_{backend:?}").to_lowercase(), shown);
    }
}
