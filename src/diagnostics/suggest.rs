//! "Did you mean": the nearest of some words.

/// The candidate nearest to `word`, where one is near enough to be meant: at most one edit for
/// short words, two from six letters on; case does not count, neighbours exchanged are one edit.
#[must_use]
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let allowed = if word.len() < 3 {
        0
    } else {
        (word.len() / 3).clamp(1, 2)
    };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            let far = letters.len().abs_diff(word.len()) > allowed;
            let edits = if far {
                usize::MAX
            } else {
                distance(&word, &letters)
            };
            (edits <= allowed).then_some((edits, candidate))
        })
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// The candidate nearest to `word`, as [`did_you_mean`] says, or the shortest that begins with three letters of it
/// and more: `emp` may be meant for `employees`.
#[must_use]
pub fn named_alike<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let begun = |candidate: &&str| candidate.to_lowercase().starts_with(&lower);
    let shortest = || {
        let all = candidates.clone().into_iter().filter(begun);
        all.min_by_key(|candidate| candidate.len())
    };
    did_you_mean(word, candidates.clone())
        .or_else(|| (lower.chars().count() >= 3).then(shortest).flatten())
}

/// Damerau-Levenshtein distance between neighbours (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, named_alike};

    #[test]
    fn the_nearest_word_is_meant() {
        let words = ["SELECT", "FROM", "WHERE", "FORM"];
        assert_eq!(did_you_mean("SELCT", words), Some("SELECT"));
        assert_eq!(did_you_mean("wehre", words), Some("WHERE"));
        assert_eq!(did_you_mean("FRON", words), Some("FROM"));
        assert_eq!(did_you_mean("employees", words), None);
        assert_eq!(did_you_mean("x", words), None);
    }

    #[test]
    fn a_name_that_is_begun_is_meant_where_none_is_near() {
        let names = ["employees", "emp_history", "employee"];
        assert_eq!(named_alike("emp", names), Some("employee"));
        assert_eq!(named_alike("Emp_h", names), Some("emp_history"));
        assert_eq!(named_alike("em", names), None);
        assert_eq!(named_alike("emplyees", names), Some("employees"));
    }
}
