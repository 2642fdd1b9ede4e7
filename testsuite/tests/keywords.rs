//! No word of the language is lost as a name: where PostgreSQL takes a word as the name of a column,
//! RQL does too. What PostgreSQL takes is asked of a real one.

use noctra_test_servers::Postgres;
use postgres::error::SqlState;
use rql_lexer::Keyword;

/// Places for the name of a column; `@` is the word.
const PLACES: &[&str] = &[
    "SELECT @ FROM t",
    "SELECT @, a FROM t",
    "SELECT a, @ FROM t",
    "SELECT t.@ FROM t",
    "SELECT 1 AS @, 2",
    "SELECT 1 @",
    "SELECT a @, b FROM t",
    "SELECT a FROM t WHERE @ = 1",
    "SELECT a FROM t WHERE a = 1 AND @ > 2",
    "SELECT a FROM t ORDER BY @",
    "SELECT a FROM t ORDER BY @ DESC",
    "SELECT @, count(*) FROM t GROUP BY @",
    "SELECT sum(@) FROM t",
    "SELECT @ + 1 FROM t",
    "SELECT 1 + @ FROM t",
    "SELECT CASE WHEN @ = 1 THEN @ ELSE 2 END FROM t",
    "SELECT sum(a) OVER (PARTITION BY @ ORDER BY @) FROM t",
    "CREATE TABLE x (@ int)",
    "CREATE TABLE x (a int, @ text NOT NULL)",
    "CREATE INDEX i ON t (@)",
    "INSERT INTO t (@) VALUES (1)",
    "INSERT INTO t (a, @) VALUES (1, 2)",
    "UPDATE t SET @ = 1",
    "UPDATE t SET a = @",
    "SELECT a FROM t JOIN u USING (@)",
    "SELECT a FROM t AS u (@)",
    "WITH c (@) AS (SELECT 1) SELECT a FROM c",
];

/// Words that PostgreSQL reserves everywhere but as a label without AS. There RQL reads what the
/// word begins, so that `SELECT a AND` is a mistake and no column called `and`; `AS and` and quotes
/// work as everywhere.
const NO_BARE_LABEL: &[&str] = &[
    "all", "and", "case", "default", "distinct", "else", "end", "false", "in", "not", "null", "or",
    "select", "table", "then", "true", "using", "when",
    // Operators there, in PostgreSQL too.
    "isnull", "notnull",
];

/// The tree without its places, its names and its keywords' spelling.
fn shape(text: &str) -> Option<String> {
    let parse = rql_grammar::parse(text);
    parse
        .diagnostics
        .is_empty()
        .then(|| noctra_testsuite::shape(&parse.ast))
}

#[test]
fn words_name_columns_where_postgresql_lets_them() -> Result<(), Box<dyn std::error::Error>> {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => {
            println!("NOT RUN: {why}");
            return Ok(());
        }
    };
    let mut client = postgres::Client::connect(&server.url(), postgres::NoTls)?;
    client.batch_execute("CREATE TABLE t (a int, b int); CREATE TABLE u (a int)")?;
    let mut wrong = Vec::new();
    let mut taken = 0;
    for place in PLACES {
        let expected = shape(&place.replace('@', "zz"));
        for &keyword in Keyword::ALL {
            let word = keyword.text().to_lowercase();
            let text = place.replace('@', &word);
            let answer = client.batch_execute(&format!("BEGIN; {text}; ROLLBACK"));
            let code = answer
                .as_ref()
                .err()
                .and_then(|error| error.code())
                .cloned();
            client.batch_execute("ROLLBACK")?;
            let as_column = match code {
                None => {
                    place.starts_with("CREATE TABLE")
                        || place.starts_with("SELECT 1 AS")
                        || *place == "SELECT 1 @"
                }
                Some(code) => code == SqlState::UNDEFINED_COLUMN,
            };
            // Words that PostgreSQL reads as something else (`SELECT user`) are no names there.
            if !as_column {
                continue;
            }
            taken += 1;
            let same = shape(&text).is_some_and(|shape| Some(shape) == expected);
            let known = *place == "SELECT 1 @" && NO_BARE_LABEL.contains(&word.as_str());
            if same == known {
                wrong.push(text);
            }
        }
    }
    println!("{taken} words in their places");
    assert!(
        wrong.is_empty(),
        "{} of {taken}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}
