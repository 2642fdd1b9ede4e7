//! How a name of the catalog is written in RQL.

use rql::NameMatch;
use rql_ast::quoted_name;
use rql_lexer::Keyword;

/// A name as it must be written to be found: quoted where the bare word would be another name or no name.
#[must_use]
pub fn spelled(name: &str, names: NameMatch) -> String {
    let mut bytes = name.bytes();
    let first = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    let plain = bytes.next().is_some_and(first)
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && (names != NameMatch::Folded || !name.bytes().any(|b| b.is_ascii_uppercase()));
    if plain && (Keyword::of(name) == Keyword::None || reads(name)) {
        return name.to_owned();
    }
    quoted_name(name)
}

/// True where a word of the language may stand for a table and a column all the same, by the parser's word.
fn reads(name: &str) -> bool {
    let texts = [
        format!("SELECT {name}, x FROM {name} WHERE {name} = 1 ORDER BY {name};"),
        format!("UPDATE {name} SET {name} = {name} + 1;"),
    ];
    texts
        .iter()
        .all(|text| rql_grammar::parse(text).diagnostics.is_empty())
}

#[cfg(test)]
mod tests {
    use super::spelled;
    use rql::NameMatch;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let written = |name| spelled(name, NameMatch::Folded);
        assert_eq!(written("orders"), "orders");
        assert_eq!(written("Orders"), "\"Orders\"");
        assert_eq!(spelled("Orders", NameMatch::Insensitive), "Orders");
        assert_eq!(written("order"), "\"order\"");
        assert_eq!(written("two words"), "\"two words\"");
        assert_eq!(written("a\"b"), "\"a\"\"b\"");
        assert_eq!(written("name"), "name");
    }
}
