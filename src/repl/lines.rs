//! The lines of a statement on the screen: those behind the first stand under it, behind a sign of their own.
//!
//! The line editor knows no prompt but the first. So a continued line begins with no-break spaces, as many as
//! the prompt is wide, which the highlighter shows as `...> ` and which are taken away before anything runs.

/// The sign of a continued line. The lexer takes it for a space.
pub(crate) const MARGIN: char = '\u{a0}';

/// The margin of a continued line.
pub(crate) fn margin(width: usize) -> String {
    core::iter::repeat_n(MARGIN, width).collect()
}

/// A statement as it is typed: its lines with margins.
pub(crate) fn with_margins(text: &str, width: usize) -> String {
    text.replace('\n', &format!("\n{}", margin(width)))
}

/// A statement as it runs.
pub(crate) fn without_margins(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut plain = lines.next().unwrap_or("").to_owned();
    for line in lines {
        plain.push('\n');
        plain.push_str(line.trim_start_matches(MARGIN));
    }
    plain
}

/// `  ...> `, as wide as the prompt.
pub(crate) fn sign(words: &str, width: usize) -> String {
    let sign = format!("{words}> ");
    let skipped = sign.len().saturating_sub(width);
    format!("{:>width$}", &sign[skipped..])
}

#[cfg(test)]
mod tests {
    use super::{sign, with_margins, without_margins};

    #[test]
    fn margins_come_and_go() {
        let text = "SELECT 'a\n  b'\nFROM t;";
        assert_eq!(without_margins(&with_margins(text, 8)), text);
        assert_eq!(sign("...", 8), "   ...> ");
        assert_eq!(sign("...", 3), ".> ");
    }
}
