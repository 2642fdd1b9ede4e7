//! Random inputs. `NOCTRA_FUZZ=10000000 cargo test --release -p noctra-testsuite --test fuzz` runs that
//! many; without it a few thousand. One in `NOCTRA_FUZZ_DEEP` (8) is formatted too.

use noctra_testsuite::fuzz::{Rng, check, mutate};

/// Where there are no corpora.
const SEEDS: &[&str] = &[
    "SELECT a, b AS c FROM t JOIN u ON t.id = u.id WHERE x BETWEEN 1 AND 2 OR y LIKE 'a%' ORDER BY 1;",
    "WITH r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT sum(n) OVER (ORDER BY n) FROM r;",
    "FORM f TITLE 'x' (FIELD a INTEGER LABEL 'A', ACTION go KEY F5 AS SELECT * FROM t WHERE TRUE {{#if a}} AND a = :a {{/if}});",
    "IF x > 1 THEN PRINT 'a'; ELSE LET y = 2; END IF; FOR r IN (SELECT 1) LOOP PRINT r; END LOOP;",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = excluded.a RETURNING *;",
];

#[test]
fn random_inputs_are_read_without_a_panic() {
    let runs: u64 = std::env::var("NOCTRA_FUZZ")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4_000);
    let seed: u64 = std::env::var("NOCTRA_FUZZ_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let every: u64 = std::env::var("NOCTRA_FUZZ_DEEP")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(8);
    let corpora = noctra_testsuite::corpora().unwrap_or_default();
    let mut seeds: Vec<&str> = SEEDS.to_vec();
    seeds.extend(
        corpora
            .iter()
            .flat_map(|corpus| &corpus.cases)
            .map(|case| case.sql.as_str()),
    );
    let mut rng = Rng::new(seed);
    let mut failures = 0;
    for run in 0..runs {
        let input = mutate(&mut rng, &seeds);
        let deep = run % every.max(1) == 0;
        let result = std::panic::catch_unwind(|| check(&input, deep));
        let what = match result {
            Ok(Ok(())) => continue,
            Ok(Err(what)) => what,
            Err(_) => "a panic".to_owned(),
        };
        failures += 1;
        println!("run {run}: {what}\ninput: {input:?}\n");
        assert!(failures < 40, "too many failures");
    }
    println!("{runs} inputs, {failures} failures");
    assert_eq!(failures, 0);
}
