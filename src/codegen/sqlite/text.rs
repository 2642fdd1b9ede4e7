//! The functions of the session in a text of SQLite.

use super::PREFIX;

/// The functions of the session that a text calls, each with its place; what stands in quotes is no call.
#[must_use]
pub fn called(sql: &str) -> Vec<(&str, usize)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in sql.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if !word(before) && sql[at..].starts_with(PREFIX) => {
                let rest = &sql[at..];
                let name = &rest[..rest.find(|c| !word(c)).unwrap_or(rest.len())];
                if rest[name.len()..].starts_with('(') {
                    found.push((name, at));
                }
            }
            None => {}
        }
        before = c;
    }
    found
}

/// The statements of [`super::SETUP`] without which a text means something else: LIKE is of any case.
#[must_use]
pub fn setup(sql: &str) -> &'static [&'static str] {
    let quoted = |(at, piece): (usize, &str)| (at % 2 == 0).then(|| piece.to_owned());
    let plain: String = sql.split('\'').enumerate().filter_map(quoted).collect();
    match plain.contains(" LIKE ") {
        true => super::SETUP,
        false => &[],
    }
}

/// A text that SQLite keeps, with the functions of the session under the names that people know them by.
#[must_use]
pub fn plain(sql: &str) -> String {
    let mut out = String::new();
    let mut end = 0;
    for (name, at) in called(sql) {
        let known = &name[PREFIX.len()..];
        if !rql_ir::function::named(known).is_empty() {
            out.push_str(&sql[end..at]);
            end = at + PREFIX.len();
        }
    }
    out.push_str(&sql[end..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{called, plain, setup};

    #[test]
    fn what_stands_in_quotes_is_no_call() {
        let sql = "SELECT 'rql_a(', 'it''s \"', rql_upper(x), \"rql_b(\", not_rql_c(1), rql_d FROM t WHERE rql_add(1, 2, 32)";
        let names: Vec<_> = called(sql).iter().map(|call| call.0).collect();
        assert_eq!(names, ["rql_upper", "rql_add"]);
        let places: Vec<_> = called(sql)
            .iter()
            .map(|call| &sql[call.1..call.1 + 7])
            .collect();
        assert_eq!(places, ["rql_upp", "rql_add"]);
    }

    #[test]
    fn like_needs_its_setting() {
        assert_eq!(setup("SELECT a LIKE 'b' FROM t").len(), 1);
        assert!(setup("SELECT 'a LIKE b', 'it''s LIKE ' FROM t").is_empty());
    }

    #[test]
    fn people_see_the_names_that_they_wrote() {
        let sql = "CREATE INDEX i ON t (rql_lower(b), rql_add(a, 1, 32)) WHERE b <> 'rql_lower('";
        let shown = "CREATE INDEX i ON t (lower(b), rql_add(a, 1, 32)) WHERE b <> 'rql_lower('";
        assert_eq!(plain(sql), shown);
    }
}
