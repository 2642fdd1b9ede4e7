//! A piece of RQL inside a form.

use rql_ast::Span;
use rql_diagnostics::Diagnostic;
use rql_grammar::Parse;

/// Text inside a form and its place in the form's source. Two pieces are equal where their texts are.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The source has the text there byte for byte; not so where TOML escapes it, or it was put together.
    pub verbatim: bool,
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Piece {}

impl Piece {
    /// The source's text at a place.
    #[must_use]
    pub fn at(source: &str, span: Span) -> Self {
        Self {
            text: span.text(source).to_owned(),
            span,
            verbatim: true,
        }
    }

    /// A text that a place of the source has led to.
    #[must_use]
    pub fn made(text: impl Into<String>, span: Span) -> Self {
        Self {
            text: text.into(),
            span,
            verbatim: false,
        }
    }

    /// Reads it; places in the tree are those in the form's source where it stands there verbatim.
    #[must_use]
    pub fn parse(&self) -> Parse {
        rql_grammar::parse(&self.within("", ""))
    }

    /// True where it has a parameter of a name.
    #[must_use]
    pub fn asks_for(&self, name: &str) -> bool {
        let parse = self.parse();
        let mut params = parse.ast.all::<rql_ast::Expr>().iter();
        params.any(|expr| {
            expr.kind == rql_ast::ExprKind::Param
                && parse.ast.param(expr.span) == rql_ast::ParamName::Name(name)
        })
    }

    /// The piece with text around it, moved so far that it stands at its own place.
    #[must_use]
    pub fn within(&self, before: &str, after: &str) -> String {
        let start = self.span.start as usize;
        let pad = match self.verbatim {
            true => start.saturating_sub(before.len()),
            false => 0,
        };
        format!("{}{before}{}{after}", " ".repeat(pad), self.text)
    }

    /// What was said of [`Piece::within`], with its places in the form's source: those that are not in the piece
    /// become the whole piece.
    #[must_use]
    pub fn settle(&self, mut said: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let inside = |span: Span| {
            self.verbatim && self.span.start <= span.start && span.end <= self.span.end
        };
        for diagnostic in &mut said {
            for label in &mut diagnostic.labels {
                if !inside(label.span) {
                    label.span = self.span;
                }
            }
            let edits = |s: &rql_diagnostics::Suggestion| s.edits.iter().all(|e| inside(e.span));
            let (kept, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut diagnostic.suggestions)
                .into_iter()
                .partition(edits);
            // What cannot be applied can still be said.
            if let (None, Some(first)) = (&diagnostic.help, lost.into_iter().next()) {
                diagnostic.help = Some(first.message);
            }
            diagnostic.suggestions = kept;
            if !self.verbatim {
                diagnostic.notes.push(format!("in {}", self.text));
            }
        }
        said
    }
}
