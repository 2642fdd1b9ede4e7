//! Mistakes that beginners make and that deserve an answer of their own, told by the tokens around
//! the place where the parser stopped.

use crate::settle::Settled;
use crate::term::{Aux, Infix, Term, Tok};
use rql_ast::{BinaryOp, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use rql_lexer::{Keyword as K, Token, TokenKind as T};

struct Place<'s> {
    source: &'s str,
    toks: &'s [Tok],
    at: usize,
}

impl Place<'_> {
    fn tok(&self, back: usize) -> Option<&Tok> {
        self.toks.get(self.at.checked_sub(back)?)
    }

    fn term(&self, back: usize) -> Option<Term> {
        self.tok(back).map(|tok| tok.term)
    }

    fn text(&self, back: usize) -> &str {
        self.tok(back).map_or("", |tok| tok.span.text(self.source))
    }

    fn span(&self, back: usize) -> Span {
        self.tok(back).map_or(Span::default(), |tok| tok.span)
    }

    fn is(&self, back: usize, word: &str) -> bool {
        self.text(back).eq_ignore_ascii_case(word)
    }
}

/// Strings that end in `\'`: the backslash is no escape, so the string ended too early.
pub(crate) fn backslash_quote(source: &str, tokens: &[Token]) -> Option<Diagnostic> {
    let pair = tokens.windows(2).find(|pair| {
        let text = || pair[0].span.text(source);
        pair[0].kind == T::String
            && pair[0].span.end == pair[1].span.start
            && text().starts_with('\'')
            && text().ends_with("\\'")
            // `ESCAPE '\\',` is whole; a letter right behind is the rest of what was meant.
            && pair[1].span.text(source).starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })?;
    let end = pair[0].span.end;
    let span = Span::new(end - 2, end);
    Some(
        Diagnostic::error(
            codes::UNCLOSED_STRING,
            "a backslash does not escape a quote",
        )
        .label(span, "the string ends here")
        .help("a quote inside a string is written twice: ''")
        .suggest("double the quote", span, "''"),
    )
}

/// What to say of a known mistake.
pub(crate) fn advise(source: &str, settled: &Settled, at: usize) -> Option<Diagnostic> {
    let toks = settled.toks.as_slice();
    let place = Place { source, toks, at };
    chart_kind(&place)
        .or_else(|| word_of_others(&place))
        .or_else(|| operators(&place))
        .or_else(|| data(&place))
        .or_else(|| blocks(&place))
}

fn chart_kind(place: &Place<'_>) -> Option<Diagnostic> {
    const KINDS: &[&str] = &["BAR", "COLUMN", "LINE", "SCATTER", "HISTOGRAM", "SPARKLINE"];
    let back = (0..=2).find(|&back| place.is(back, "chart"))?;
    let kind = place.toks.get(place.at - back + 1)?;
    let word = kind.span.text(place.source);
    if KINDS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        // Behind a query the kind is right, and something else is not.
        return (place.at == back).then(|| {
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "a chart of nothing")
                .label(
                    place.span(back).to(kind.span),
                    "the query whose rows are drawn comes before CHART",
                )
                .help(format!(
                    "SELECT … FROM … CHART {0} draws a query, FROM last CHART {0} the result before",
                    word.to_uppercase()
                ))
        });
    }
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_ATTRIBUTE,
        format!("{word} is no kind of chart"),
    )
    .label(kind.span, "not a kind of chart");
    Some(match did_you_mean(word, KINDS.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean {near}?")).suggest(
            format!("write {near}"),
            kind.span,
            near,
        ),
        None => diagnostic.help(format!("the kinds are {}", KINDS.join(", "))),
    })
}

/// Words that other databases or people have.
fn word_of_others(place: &Place<'_>) -> Option<Diagnostic> {
    let top = (0..=2).find(|&back| place.is(back, "top"));
    if let Some(back) = top
        && place
            .toks
            .get(place.at - back + 1)
            .is_some_and(|tok| tok.term == Term::Num)
    {
        let count = place.toks.get(place.at - back + 1)?;
        let number = count.span.text(place.source);
        return Some(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "TOP is not a word of RQL")
                .label(
                    place.span(back).to(count.span),
                    "how many rows is said at the end of the query",
                )
                .help(format!("put LIMIT {number} at the end of the query")),
        );
    }
    if place.is(0, "with ties") && place.term(1) == Some(Term::Num) {
        let count = place.text(1);
        return Some(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "WITH TIES goes with FETCH")
                .label(place.span(0), "LIMIT counts rows alone")
                .help(format!(
                    "FETCH FIRST {count} ROWS WITH TIES takes those that are equal to the last one too"
                )),
        );
    }
    if let Some(back) = (0..=2).find(|&back| place.is(back, "exclude")) {
        let using = place.toks.get(place.at - back + 1)?;
        if using.span.text(place.source).eq_ignore_ascii_case("using") {
            return Some(
                Diagnostic::error(codes::NOT_PORTABLE, "EXCLUDE is PostgreSQL's")
                    .label(
                        place.span(back).to(using.span),
                        "no other database compares rows by an operator",
                    )
                    .help("UNIQUE (columns) keeps equal rows out; NATIVE before CREATE TABLE sends it as it is"),
            );
        }
    }
    // MySQL names the new row so: VALUES (…) AS new ON DUPLICATE KEY UPDATE.
    if place.toks.first()?.term == Term::Insert {
        let says = |tok: &Tok, word: &str| {
            let text = tok.span.text(place.source).to_ascii_lowercase();
            text.split_whitespace().next() == Some(word)
        };
        let pair = place
            .toks
            .windows(2)
            .find(|two| says(&two[0], "on") && says(&two[1], "duplicate"))
            .map(|two| two[0].span.to(two[1].span));
        let whole = |tok: &&Tok| {
            let text = tok.span.text(place.source).to_ascii_lowercase();
            text.split_whitespace().take(2).eq(["on", "duplicate"])
        };
        let said = pair.or_else(|| place.toks.iter().find(whole).map(|tok| tok.span));
        if let Some(said) = said {
            return Some(
                Diagnostic::error(codes::NOT_PORTABLE, "ON DUPLICATE KEY is MySQL's")
                    .label(said, "it does not say which key is meant")
                    .help(
                        "ON CONFLICT (key) DO UPDATE SET a = excluded.a does, on every backend; excluded is the new row",
                    ),
            );
        }
    }
    if let Some(said) = statement_of_others(place).or_else(|| phrase_of_others(place)) {
        return Some(said);
    }
    for (long, short) in [("ascending", "ASC"), ("descending", "DESC")] {
        if place.is(0, long) {
            return Some(
                Diagnostic::error(
                    codes::MISSPELT_KEYWORD,
                    format!("{} is not a word of RQL", place.text(0)),
                )
                .label(place.span(0), format!("did you mean {short}?"))
                .suggest(format!("write {short}"), place.span(0), short),
            );
        }
    }
    None
}

/// Forms of statements that other databases have: the first word, a word near the place and the last place where it
/// means that, what it is, and what says it everywhere.
const FORMS: &[(Term, &str, usize, &str, &str)] = &[
    (
        Term::Insert,
        "set",
        5,
        "INSERT … SET is MySQL's",
        "INSERT INTO t (a, b) VALUES (1, 2) does, on every backend",
    ),
    (
        Term::Alter,
        "change",
        5,
        "CHANGE is MySQL's",
        "ALTER TABLE t RENAME COLUMN a TO b, and ALTER COLUMN b TYPE …, do",
    ),
    (
        Term::Alter,
        "modify",
        5,
        "MODIFY is MySQL's",
        "ALTER TABLE t ALTER COLUMN a TYPE … does, and SET NOT NULL, SET DEFAULT",
    ),
    (
        Term::Create,
        "like",
        5,
        "CREATE TABLE t LIKE u is MySQL's",
        "CREATE TABLE t (LIKE u) does, on every backend",
    ),
];

/// Words of other databases in a row, whose they are, and what says it everywhere.
const PHRASES: &[(&str, &str, &str)] = &[
    (
        "cross apply",
        "APPLY is SQL Server's",
        "CROSS JOIN LATERAL (…) AS x does",
    ),
    (
        "outer apply",
        "APPLY is SQL Server's",
        "LEFT JOIN LATERAL (…) AS x ON TRUE does",
    ),
    (
        "start with",
        "START WITH … CONNECT BY is Oracle's",
        "WITH RECURSIVE t AS (SELECT … UNION ALL SELECT … FROM t JOIN …) goes down a tree",
    ),
    (
        "connect by",
        "CONNECT BY is Oracle's",
        "WITH RECURSIVE t AS (SELECT … UNION ALL SELECT … FROM t JOIN …) goes down a tree",
    ),
    (
        "pivot (",
        "PIVOT is not the same on every backend",
        "sum(x) FILTER (WHERE y = 'a') AS a, … GROUP BY z makes columns of rows",
    ),
    (
        "unpivot (",
        "UNPIVOT is not the same on every backend",
        "CROSS JOIN LATERAL (VALUES ('a', a), ('b', b)) AS x (name, value) makes rows of columns",
    ),
    (
        "with ( nolock",
        "WITH (NOLOCK) is SQL Server's",
        "leave it out: what reads waits for nobody who writes",
    ),
    (
        "with ( updlock",
        "WITH (UPDLOCK) is SQL Server's",
        "FOR UPDATE at the end of the query keeps its rows",
    ),
    (
        "mod",
        "MOD between two numbers is MySQL's",
        "a % b, or mod(a, b)",
    ),
    (
        "begin",
        "a block has no BEGIN",
        "IF condition THEN …; END IF, and FOR r IN (SELECT …) LOOP …; END LOOP",
    ),
];

/// A phrase of the list near the place.
fn phrase_of_others(place: &Place<'_>) -> Option<Diagnostic> {
    let lead = place.toks.first()?.term;
    (0..=4).find_map(|back| {
        let start = place.tok(back)?.span.start as usize;
        let begins = |phrase: &str| {
            let mut rest = place.source.get(start..).unwrap_or_default();
            phrase.split(' ').all(|word| {
                let (there, after) = rest
                    .trim_start()
                    .split_at_checked(word.len())
                    .unwrap_or_default();
                rest = after;
                let whole =
                    word == "(" || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                there.eq_ignore_ascii_case(word) && whole
            })
        };
        let &(phrase, what, instead) = PHRASES.iter().find(|row| begins(row.0))?;
        let fits = match phrase {
            "mod" => back == 1 && place.at > 1 && place.term(0) != Some(Term::LParen),
            "begin" => back < place.at && matches!(lead, Term::If | Term::ForEach),
            _ => back < place.at,
        };
        fits.then(|| {
            Diagnostic::error(codes::NOT_PORTABLE, what)
                .label(place.span(back), "not here")
                .help(instead)
        })
    })
}

/// Blocks as other languages write them.
fn blocks(place: &Place<'_>) -> Option<Diagnostic> {
    let first = place.toks.first()?.span;
    let word = first.text(place.source);
    if word.eq_ignore_ascii_case("end")
        && place.at == 1
        && (place.is(0, "if") || place.is(0, "loop"))
    {
        let what = format!("this END {} closes nothing", place.text(0).to_uppercase());
        let said = Diagnostic::error(codes::STRAY_BRACKET, what)
            .label(first.to(place.span(0)), "nothing is open here");
        return Some(match place.is(0, "if") {
            true => said.help("ELSE IF is read as ELSIF: one END IF ends the whole"),
            false => said,
        });
    }
    if word.eq_ignore_ascii_case("begin") && place.at > 0 {
        return Some(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, "BEGIN begins a transaction")
                .label(first, "no block of statements")
                .help("end it with ; — IF, FOR and a script need no BEGIN around their statements"),
        );
    }
    let [each, name, is_in, first, ..] = place.toks else {
        return None;
    };
    // A loop over numbers.
    let loops = each.term == Term::ForEach && is_in.term == Term::In && place.at == 3;
    if !loops || first.term != Term::Num {
        return None;
    }
    let name = name.span.text(place.source);
    Some(
        Diagnostic::error(codes::UNEXPECTED_TOKEN, "a loop goes over the rows of a query")
            .label(first.span, "a query is expected here")
            .help(format!(
                "FOR {name} IN (SELECT generate_series(1, 3) AS n) LOOP …; END LOOP, where :{name}.n is the number"
            )),
    )
}

fn statement_of_others(place: &Place<'_>) -> Option<Diagnostic> {
    let lead = place.toks.first()?.term;
    for &(first, word, last, what, instead) in FORMS {
        let here = |back: &usize| place.is(*back, word) && place.at - back <= last;
        if let Some(back) = (0..=2).find(|back| lead == first && here(back)) {
            return Some(
                Diagnostic::error(codes::NOT_PORTABLE, what)
                    .label(place.span(back), "no other database has it")
                    .help(instead),
            );
        }
    }
    if let [_, table, from, ..] = place.toks
        && lead == Term::Delete
        && table.term != Term::From
        && from.span.text(place.source).eq_ignore_ascii_case("from")
    {
        return Some(
            Diagnostic::error(codes::NOT_PORTABLE, "DELETE t FROM is MySQL's")
                .label(table.span, "FROM comes before the table")
                .help("DELETE FROM t USING u WHERE … deletes by another table, on every backend"),
        );
    }
    let outer = place.text(0) == ")" && place.text(1) == "+" && place.text(2) == "(";
    outer.then(|| {
        Diagnostic::error(codes::FOREIGN_OPERATOR, "(+) is Oracle's")
            .label(place.span(2).to(place.span(0)), "no other database has it")
            .help("FROM t LEFT JOIN u ON t.a = u.a keeps the rows of t that have none of u")
    })
}

fn operators(place: &Place<'_>) -> Option<Diagnostic> {
    let binary = |back: usize, op: BinaryOp| {
        place
            .tok(back)
            .is_some_and(|tok| tok.aux == Aux::Infix(Infix::Binary(op)))
    };
    if place.term(1) == Some(Term::Eq) && binary(0, BinaryOp::Lt) {
        let span = place.span(1).to(place.span(0));
        return Some(
            Diagnostic::error(codes::FOREIGN_OPERATOR, "=< is not an operator")
                .label(span, "did you mean <=?")
                .suggest("write <=", span, "<="),
        );
    }
    if binary(1, BinaryOp::IsNot) && place.is(0, "in") {
        let span = place.span(1).to(place.span(0));
        return Some(
            Diagnostic::error(codes::FOREIGN_OPERATOR, "IS NOT IN is not an operator")
                .label(span, "did you mean NOT IN?")
                .suggest("write NOT IN", span, "NOT IN"),
        );
    }
    if place.term(0) != Some(Term::Comma) {
        return None;
    }
    match place.tok(2).map(|tok| tok.aux) {
        Some(Aux::Infix(Infix::Between { .. })) => Some(
            Diagnostic::error(
                codes::BETWEEN_WITHOUT_AND,
                "BETWEEN needs AND between its bounds",
            )
            .label(place.span(0), "AND belongs here")
            .suggest("write AND", place.span(0), " AND"),
        ),
        Some(Aux::Infix(Infix::In { .. })) => Some(
            Diagnostic::error(codes::MISSING_WORD, "IN needs parentheses around its list")
                .label(place.span(1), "the list begins here")
                .help("write: x IN ('a', 'b')"),
        ),
        _ => None,
    }
}

fn data(place: &Place<'_>) -> Option<Diagnostic> {
    let lead = place.toks.first()?.term;
    let has = |term: Term| place.toks.iter().any(|tok| tok.term == term);
    if lead == Term::Update && !has(Term::Set) && place.term(0) == Some(Term::Eq) {
        let column = place.span(1);
        return Some(
            Diagnostic::error(codes::MISSING_WORD, "SET is missing")
                .label(column, "SET is expected before this")
                .suggest("add SET", Span::at(column.start), "SET "),
        );
    }
    let rows = lead == Term::Insert && !has(Term::Values) && !has(Term::Select) && place.at > 3;
    if rows && place.term(1) == Some(Term::LParen) {
        let open = place.span(1);
        return Some(
            Diagnostic::error(codes::MISSING_WORD, "VALUES is missing")
                .label(open, "VALUES is expected before this")
                .suggest("add VALUES", Span::at(open.start), "VALUES "),
        );
    }
    None
}

/// True where the word begins statements and stands first on its line.
pub(crate) fn begins_line(source: &str, before: Span, word: Span) -> bool {
    Span::new(before.end, word.start.max(before.end))
        .text(source)
        .contains('\n')
}

/// Words that begin statements and little else.
pub(crate) fn begins_statement(keyword: K) -> bool {
    matches!(
        keyword,
        K::Select
            | K::Insert
            | K::Update
            | K::Delete
            | K::Create
            | K::Drop
            | K::Alter
            | K::Let
            | K::Print
            | K::Show
            | K::With
            | K::Merge
            | K::Begin
            | K::Commit
            | K::Rollback
            | K::Explain
            | K::Describe
            | K::Use
            | K::Output
            | K::Import
            | K::Export
            | K::Assert
            | K::Include
            | K::Set
            | K::From
            | K::Truncate
            | K::Param
            | K::Macro
            | K::Form
            | K::Connect
    )
}
