//! What EXPLAIN and its options ask of each server.

use crate::servers::{Backend, refusal, rows, servers};

#[test]
fn a_statement_is_explained_and_measured_as_each_backend_has_it() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(
            &mut session,
            "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1), (2)",
        );
        for explain in [
            "EXPLAIN",
            "EXPLAIN ANALYZE",
            "EXPLAIN (ANALYZE)",
            "EXPLAIN (ANALYZE off)",
        ] {
            let plan = rows(
                &mut session,
                &format!("{explain} SELECT i FROM t WHERE i > 1"),
            );
            assert!(!plan.is_empty(), "{backend:?}: {explain}: {plan:?}");
        }
        let options = "EXPLAIN (ANALYZE, BUFFERS, TIMING off) SELECT i FROM t";
        match backend {
            Backend::Postgresql => {
                let plan = rows(&mut session, options).join("\n");
                assert!(
                    plan.contains("Buffers:") && !plan.contains("actual time"),
                    "{plan}"
                );
                let verbose = rows(&mut session, "EXPLAIN VERBOSE SELECT i FROM t").join("\n");
                assert!(verbose.contains("Output: i"), "{verbose}");
            }
            _ => {
                let said = refusal(&mut session, options);
                assert!(said.starts_with("RQL0503"), "{backend:?}: {said}");
            }
        }
    }
}
