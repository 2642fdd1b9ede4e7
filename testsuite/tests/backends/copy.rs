//! COPY between any two connections.

use crate::servers::{Backend, Servers, refusal, rows, servers};
use crate::types::tables;

#[test]
fn every_type_goes_from_each_backend_to_each() {
    let servers = servers();
    for from in servers.all() {
        let mut session = servers.session(from);
        for (_, _, script, _) in tables(from) {
            rows(&mut session, &script);
        }
        for to in servers.all() {
            let url = servers.database(to);
            rows(&mut session, &format!("CONNECT '{url}' AS other"));
            for (name, sample, _, expected) in tables(from) {
                let copy = format!("COPY {name} TO other.{name} CREATE");
                if sample.refused.contains(&to) {
                    let said = refusal(&mut session, &copy);
                    // The type, or the values, by the database's own words.
                    let known = ["RQL0503", "RQL0601"].iter().any(|c| said.starts_with(c));
                    assert!(known, "{from:?} to {to:?}: {said}");
                    continue;
                }
                rows(&mut session, &copy);
                let text = format!("USE other; SELECT * FROM {name} ORDER BY id; USE main");
                let what = format!("{} from {from:?} to {to:?}", sample.declared);
                assert_eq!(rows(&mut session, &text), expected, "{what}");
            }
            rows(&mut session, "DISCONNECT other");
        }
    }
}

/// A session on a table of some rows, and a connection `o` to an empty database of another backend.
fn pairs(servers: &Servers) -> Vec<(noctra_runtime::Session, Backend)> {
    let all = servers.all();
    let each = all.iter().map(|&to| {
        // The one before, so that each reads and each writes.
        let at = all.iter().position(|&b| b == to).unwrap_or(0);
        let from = all[(at + all.len() - 1) % all.len()];
        let (mut session, url) = (servers.session(from), servers.database(to));
        let script = "CREATE TABLE t (id INTEGER, name TEXT, amount DECIMAL(10,2)); \
             INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', NULL), (3, NULL, -7); CONNECT '";
        rows(&mut session, &format!("{script}{url}' AS o"));
        (session, to)
    });
    each.collect()
}

#[test]
fn tables_are_made_replaced_and_added_to() {
    let servers = servers();
    for (mut session, to) in pairs(&servers) {
        let said = refusal(&mut session, "COPY t TO o.u");
        assert!(said.starts_with("RQL0201 there is no table o.u"), "{said}");
        rows(
            &mut session,
            "COPY (SELECT id, name FROM t WHERE id < 3) TO o.u CREATE",
        );
        let said = refusal(&mut session, "COPY t TO o.u CREATE");
        assert!(said.starts_with("RQL0206 o.u is there already"), "{said}");
        // By name, whatever the order; what is left out is NULL.
        rows(
            &mut session,
            "LET n = 'it''s'; COPY (SELECT :n AS name, 7 AS id) TO o.u APPEND",
        );
        rows(&mut session, "COPY (SELECT 8 AS id) TO o.u");
        let all = "USE o; SELECT * FROM u ORDER BY id; USE main";
        assert_eq!(
            rows(&mut session, all),
            ["1,a", "2,b", "7,it's", "8,NULL"],
            "{to:?}"
        );
        if to == Backend::Mariadb {
            // It ends a transaction with each definition, and could not give the old table back.
            let said = refusal(&mut session, "COPY t TO o.u REPLACE");
            assert!(said.starts_with("RQL0503"), "{said}");
            rows(
                &mut session,
                "USE o; DROP TABLE u; USE main; COPY t TO o.u CREATE",
            );
        } else {
            rows(&mut session, "COPY t TO o.u REPLACE");
        }
        assert_eq!(
            rows(&mut session, all),
            ["1,a,1.50", "2,b,NULL", "3,NULL,-7.00"],
            "{to:?}"
        );
        // The other way, from where the session does not work.
        rows(&mut session, "COPY o.u TO main.back CREATE");
        assert_eq!(
            rows(&mut session, "SELECT SUM(id), COUNT(name) FROM back"),
            ["6,2"]
        );
    }
}

#[test]
fn what_fails_leaves_nothing_and_says_why() {
    let servers = servers();
    for (mut session, to) in pairs(&servers) {
        // The last of many rows does not fit.
        let many = "SELECT CASE WHEN i = 9000 THEN 70000 ELSE 1 END AS x FROM generate_series(1, 9000) AS g(i)";
        rows(
            &mut session,
            "USE o; CREATE TABLE small (x SMALLINT NOT NULL CHECK (x > 0)); USE main",
        );
        let said = refusal(&mut session, &format!("COPY ({many}) TO o.small"));
        assert!(
            said.contains("row 9000, column x: 70000 does not fit smallint"),
            "{to:?}: {said}"
        );
        // The database itself refuses.
        let none = many.replace("70000", "-1");
        refusal(&mut session, &format!("COPY ({none}) TO o.small"));
        // What reads fails on its way.
        let zero = "SELECT 9000 / (9000 - i) AS x FROM generate_series(1, 9000) AS g(i)";
        let said = refusal(&mut session, &format!("COPY ({zero}) TO o.never CREATE"));
        assert!(said.starts_with("RQL0701"), "{to:?}: {said}");
        let left = "USE o; SELECT COUNT(*) FROM small; SHOW TABLES LIKE 'never'; USE main";
        assert_eq!(rows(&mut session, left), ["0"], "{to:?}");
        for (text, words) in [
            (
                "COPY (SELECT 'a' AS x) TO o.small",
                "RQL0301 x is text here and smallint there",
            ),
            (
                "COPY (SELECT 1 AS y) TO o.small",
                "RQL0202 o.small has no column y",
            ),
            (
                "COPY (SELECT 1 AS x, 2 AS x) TO o.small",
                "RQL0206 x stands twice",
            ),
            (
                "COPY t TO nowhere.t",
                "RQL0703 no connection is named nowhere",
            ),
            (
                "COPY t TO main.t2 CREATE",
                "RQL0703 COPY goes from one connection to another",
            ),
            (
                "COPY t TO t2 CREATE",
                "RQL0703 COPY goes to a table of a connection",
            ),
            ("COPY (SELECT 1 AS x) TO o.small HEADER", "RQL0123"),
        ] {
            let said = refusal(&mut session, text);
            assert!(said.starts_with(words), "{to:?}: {text}: {said}");
        }
        let open = "USE o; BEGIN; USE main; COPY (SELECT 1 AS x) TO o.small";
        assert!(refusal(&mut session, open).contains("a transaction is open on o"));
    }
}

#[test]
fn a_dry_run_says_what_would_be_done() {
    let servers = servers();
    for (mut session, to) in pairs(&servers) {
        let plan = rows(&mut session, "COPY t TO o.u CREATE DRY RUN");
        assert_eq!(
            plan,
            [
                "id,integer,id,integer",
                "name,text,name,text",
                "amount,\"numeric(10,2)\",amount,\"numeric(10,2)\""
            ],
            "{to:?}"
        );
        assert!(refusal(&mut session, "COPY t TO o.u").contains("there is no table"));
    }
}
