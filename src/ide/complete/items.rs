//! Candidates as they gather: which fit what is typed, and in which order they come.

use super::{Item, Kind};

/// More than these are of no use to anybody.
pub(crate) const MOST: usize = 300;

/// The candidates that fit what is typed.
pub(crate) struct Items<'t> {
    typed: &'t str,
    folded: String,
    found: Vec<(Rank, Item)>,
}

/// How well it fits, what it is, how it is liked, and when it came.
type Rank = (u8, u8, usize);

impl<'t> Items<'t> {
    pub(crate) fn new(typed: &'t str) -> Self {
        let (folded, found) = (typed.to_lowercase(), Vec::new());
        Self {
            typed,
            folded,
            found,
        }
    }

    /// True where something is typed, so that far-fetched candidates may be gathered too.
    pub(crate) fn is_typed(&self) -> bool {
        !self.typed.is_empty()
    }

    /// How well a name fits: from its beginning, from one of its words, or by its letters in order.
    pub(crate) fn fit(&self, name: &str) -> Option<u8> {
        fit(&self.folded, name)
    }

    /// Adds a candidate, where it fits; `make` is asked only then.
    pub(crate) fn add(&mut self, name: &str, liking: u8, make: impl FnOnce() -> Item) {
        if let Some(fit) = self.fit(name) {
            let at = self.found.len();
            self.found.push(((fit, liking, at), make()));
        }
    }

    /// Words of the language, which fit what is typed already.
    pub(crate) fn words(&mut self, words: &[&'static str], liking: u8) {
        for word in words {
            let at = self.found.len();
            self.found.push(((0, liking, at), self.word(word)));
        }
    }

    /// Words that stand before values: TITLE, WIDTH.
    pub(crate) fn attributes(&mut self, words: &[&'static str]) {
        for word in words {
            let item = self.word(word);
            self.add(word, 0, || item);
        }
    }

    /// A word in the case in which the person types.
    fn word(&self, word: &str) -> Item {
        let lower = self.is_typed() && self.typed.chars().all(|c| !c.is_uppercase());
        let insert = match lower {
            true => word.to_lowercase(),
            false => word.to_uppercase(),
        };
        Item {
            label: insert.clone(),
            insert,
            kind: Kind::Keyword,
            detail: String::new(),
            about: String::new(),
        }
    }

    pub(crate) fn done(mut self) -> Vec<Item> {
        self.found.sort_by_key(|found| found.0);
        let mut all: Vec<Item> = Vec::new();
        for (_, item) in self.found {
            let same = |known: &Item| known.insert == item.insert && known.label == item.label;
            if !all.iter().any(same) {
                all.push(item);
            }
            if all.len() == MOST {
                break;
            }
        }
        all
    }
}

fn fit(typed: &str, name: &str) -> Option<u8> {
    if typed.is_empty() {
        return Some(0);
    }
    if name.len() >= typed.len() && starts(name, typed) {
        return Some(0);
    }
    let mut parts = name
        .match_indices(['_', '.', ' '])
        .map(|(at, sign)| &name[at + sign.len()..]);
    if parts.any(|part| starts(part, typed)) {
        return Some(1);
    }
    // `emp` for `employees` is a beginning; `eid` for `employee_id` its letters in order.
    let mut letters = name.chars().flat_map(char::to_lowercase);
    let mut wanted = typed.chars();
    let first = wanted.next();
    let long = typed.chars().count() >= 2;
    (long && letters.next() == first && wanted.all(|c| letters.any(|letter| letter == c)))
        .then_some(2)
}

fn starts(name: &str, typed: &str) -> bool {
    match name.get(..typed.len()) {
        Some(head) if head.is_ascii() => head.eq_ignore_ascii_case(typed),
        _ => name.to_lowercase().starts_with(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn names_fit_by_their_beginning_their_words_and_their_letters() {
        assert_eq!(fit("emp", "Employees"), Some(0));
        assert_eq!(fit("id", "employee_id"), Some(1));
        assert_eq!(fit("eid", "employee_id"), Some(2));
        assert_eq!(fit("x", "employee_id"), None);
        assert_eq!(fit("é", "Élan"), Some(0));
    }
}
