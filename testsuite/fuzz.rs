//! Random inputs for the lexer, the parser and the formatter.
//!
//! Inputs are statements of a seed list (the corpora where they are there), changed at random: pieces
//! cut, doubled, swapped with pieces of others, bytes flipped, brackets and keywords put in. What
//! must hold for each: no panic, spans inside the text, and for some, what the formatter promises.

use crate::check_format;

/// A small generator of random numbers (xorshift64*), so that a run can be repeated from its seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Starts from `seed`; zero counts as one.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `limit`; zero where `limit` is zero.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next_u64() % limit.max(1) as u64) as usize
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Pieces that are put into inputs.
const PIECES: &[&str] = &[
    "(",
    ")",
    "((",
    "))",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ".",
    "'",
    "\"",
    "`",
    "--",
    "/*",
    "*/",
    "$$",
    "$a$",
    "::",
    ":x",
    "?",
    "$1",
    "{{#if a}}",
    "{{else}}",
    "{{/if}}",
    "{{x}}",
    " NOT ",
    " AND ",
    " CASE ",
    " END ",
    " SELECT ",
    " FROM ",
    " WHERE ",
    " BETWEEN ",
    " ON ",
    " JOIN ",
    " GROUP BY ",
    " ORDER BY ",
    " UNION ",
    " OVER ",
    " IS ",
    " IN ",
    " LIKE ",
    " ESCAPE ",
    " INTERVAL ",
    " VALUES ",
    " AS ",
    "\0",
    "\u{feff}",
    "é",
    "\u{1f600}",
    "1e",
    "0x",
    "'a'\n'b'",
    " IF ",
    " THEN ",
    " END IF; ",
    " FORM f (",
    " FIELD x int ",
    " MACRO ",
    " LET x = ",
    "\n",
    "#",
    " CREATE TABLE t (",
    " DEFAULT ",
    " -",
    " +",
    "*",
    "=",
    "<>",
    "||",
    "->",
    " COLLATE ",
];

/// Makes one input from the seeds.
#[must_use]
pub fn mutate(rng: &mut Rng, seeds: &[&str]) -> String {
    let mut text: Vec<u8> = seeds[rng.below(seeds.len())].as_bytes().to_vec();
    text.truncate(2_000);
    for _ in 0..=rng.below(4) {
        let at = rng.below(text.len() + 1);
        let to = (at + rng.below(24)).min(text.len());
        match rng.below(8) {
            0 => drop(text.drain(at..to)),
            1 => {
                let piece = text[at..to].to_vec();
                text.splice(at..at, piece);
            }
            2 => {
                let other = seeds[rng.below(seeds.len())].as_bytes();
                let from = rng.below(other.len() + 1);
                let end = (from + rng.below(60)).min(other.len());
                text.splice(at..to, other[from..end].iter().copied());
            }
            3 if at < text.len() => text[at] = rng.next_u64() as u8,
            _ => {
                let piece = PIECES[rng.below(PIECES.len())];
                text.splice(at..at, piece.bytes());
            }
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Checks one input; `deep` also checks the formatter.
///
/// # Errors
/// What does not hold, in words.
pub fn check(input: &str, deep: bool) -> Result<(), String> {
    let parse = rql_grammar::parse(input);
    let end = u32::try_from(input.len()).unwrap_or(u32::MAX);
    for diagnostic in &parse.diagnostics {
        for label in &diagnostic.labels {
            if label.span.start > label.span.end || label.span.end > end {
                return Err(format!("{} points outside the text", diagnostic.code));
            }
        }
    }
    for expr in parse.ast.all::<rql_ast::Expr>() {
        if expr.span.start > expr.span.end || expr.span.end > end {
            return Err("an expression stands outside the text".to_owned());
        }
    }
    if deep && parse.is_ok() {
        check_format(input)?;
    }
    Ok(())
}
