//! `.fav`: statements by a name, with parameters.

use crate::{Next, Repl};

pub(crate) fn fav(repl: &mut Repl, arguments: &str) -> Result<Next, String> {
    let mut words = words(arguments).into_iter();
    let none = "there is no place to keep favourites";
    let store = repl.store.as_ref().ok_or(none)?;
    let failed = |error: rusqlite::Error| format!("the favourites cannot be used: {error}");
    match (words.next().as_deref(), words.next()) {
        (None, _) => {
            let all = store.favourites().map_err(failed)?;
            if all.is_empty() {
                repl.say("none yet; .fav save NAME keeps the last statement");
            }
            for (name, statement) in all {
                let statement: Vec<&str> = statement.split_whitespace().collect();
                repl.say(&format!("{name:<16} {}", statement.join(" ")));
            }
        }
        (Some("save"), Some(name)) => {
            let statement = repl.last.as_deref().ok_or("nothing has run yet")?;
            if noctra_runtime::holds_secret(statement) {
                return Err("it holds a secret, which is not kept".into());
            }
            store.keep_favourite(&name, statement).map_err(failed)?;
            repl.say(&format!("kept; .fav {name} runs it"));
        }
        (Some("drop"), Some(name)) => {
            if !store.drop_favourite(&name).map_err(failed)? {
                return Err(format!("there is no favourite {name}"));
            }
        }
        (Some(word @ ("save" | "drop")), None) => return Err(format!(".fav {word} takes a name")),
        (Some(name), first) => {
            let found = store.favourite(name).map_err(failed)?;
            let statement =
                found.ok_or_else(|| format!("there is no favourite {name}; .fav lists them"))?;
            let values: Vec<String> = first.into_iter().chain(words).collect();
            repl.statement(&statement, &values);
        }
    }
    Ok(Next::Continue)
}

/// Words, those in quotes whole.
fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '\'' | '"' => {
                let inner = &rest[1..];
                inner.split_once(first).unwrap_or((inner, ""))
            }
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        all.push(word.to_owned());
        rest = after.trim_start();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(words("top 'two words' 3"), ["top", "two words", "3"]);
        assert!(words("  ").is_empty());
    }
}
