//! Where a form of TOML calls something by its name: itself, its fields, its actions. The reader of the form has each
//! key once, however often a text writes it (`[fields.dept]`, `[fields.dept.validations]`); here every place counts.

use crate::Piece;
use rql_ast::{Expr, ExprKind, ParamName, Span};
use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{Source, lexer::Token};

/// What a form calls by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The form itself.
    Form(String),
    /// A field of it.
    Field(String),
    /// An action of it.
    Action(String),
    /// A table or form whose rows belong to it.
    Detail(String),
}

/// How a name stands at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// As it is.
    #[default]
    Word,
    /// As a key of TOML, perhaps in quotes.
    Key,
    /// For a column too, which no other name would name.
    Column,
    /// Not at all: the form has the name of its file. A line here would give it another.
    Unsaid,
}

/// A place where a form calls something by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The place.
    pub span: Span,
    /// What is meant.
    pub named: Named,
    /// The first place of what is defined there.
    pub declares: bool,
    /// How it stands there.
    pub manner: Manner,
}

/// How deep values may lie in one another.
const DEEPEST: u32 = 80;

/// Every place where the text of a form names itself, its fields and its actions, but for those in its statements
/// (`name` is that of a form that does not say its own). What is no TOML has the names that stand before that.
#[must_use]
pub fn names(source: &str, name: &str) -> Vec<Naming> {
    let text = Source::new(source);
    let tokens: Vec<Token> = text.lex().into_vec();
    let mut finder = Finder {
        source,
        base: Vec::new(),
        key: Vec::new(),
        over: false,
        around: Vec::new(),
        all: Vec::new(),
    };
    {
        let mut receive = |event: Event| finder.event(event);
        let mut guard = RecursionGuard::new(&mut receive, DEEPEST);
        parse_document(&tokens, &mut guard, &mut ());
    }
    let mut all = finder.all;
    let own = |naming: &Naming| matches!(naming.named, Named::Form(_));
    if !all.iter().any(own) {
        all.push(Naming {
            span: Span::default(),
            named: Named::Form(name.to_lowercase()),
            declares: true,
            manner: Manner::Unsaid,
        });
    }
    all
}

struct Finder<'s> {
    source: &'s str,
    /// The table around, and the key in it that is being read.
    base: Vec<String>,
    key: Vec<String>,
    /// The key has its value: the next one is another.
    over: bool,
    /// The same of the tables and lists around.
    around: Vec<(Vec<String>, Vec<String>)>,
    all: Vec<Naming>,
}

impl Finder<'_> {
    fn event(&mut self, event: Event) {
        let span = Span::new(event.span().start() as u32, event.span().end() as u32);
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.base.clear();
                self.key.clear();
                self.over = false;
                self.around.clear();
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.base = std::mem::take(&mut self.key);
            }
            EventKind::InlineTableOpen | EventKind::ArrayOpen => {
                let mut inner = self.base.clone();
                inner.extend(self.key.iter().cloned());
                let base = std::mem::replace(&mut self.base, inner);
                self.around.push((base, std::mem::take(&mut self.key)));
                self.over = false;
            }
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                if let Some((base, key)) = self.around.pop() {
                    (self.base, self.key) = (base, key);
                }
                self.over = true;
            }
            EventKind::SimpleKey => {
                if std::mem::take(&mut self.over) {
                    self.key.clear();
                }
                self.key
                    .push(word(span.text(self.source), event.encoding()));
                self.at_key(span);
            }
            EventKind::Scalar => {
                self.at_value(span, event.encoding());
                self.over = true;
            }
            _ => {}
        }
    }

    fn at_key(&mut self, span: Span) {
        let path: Vec<&str> = self
            .base
            .iter()
            .chain(&self.key)
            .map(String::as_str)
            .collect();
        let name = path
            .last()
            .map(|name| name.to_lowercase())
            .unwrap_or_default();
        let (named, defines) = match path.as_slice() {
            ["fields", _] => (Named::Field(name), true),
            ["actions", _] => (Named::Action(name), true),
            ["details", _] => (Named::Detail(name), false),
            ["layout", "places", _] => (Named::Field(name), false),
            ["i18n", _, "fields" | "help" | "messages", _] => (Named::Field(name), false),
            ["i18n", _, "actions", _] => (Named::Action(name), false),
            _ => return,
        };
        let declares = defines
            && !self
                .all
                .iter()
                .any(|known| known.named == named && known.declares);
        self.all.push(Naming {
            span,
            named,
            declares,
            manner: Manner::Key,
        });
    }

    /// A string that is a name, or an expression over fields.
    fn at_value(&mut self, span: Span, encoding: Option<Encoding>) {
        let (Some(encoding), path) = (encoding, &self.base.iter().chain(&self.key)) else {
            return;
        };
        let marks = match encoding {
            Encoding::LiteralString | Encoding::BasicString => 1,
            Encoding::MlLiteralString | Encoding::MlBasicString => 3,
        };
        let inner = Span::new(
            span.start + marks,
            span.end.saturating_sub(marks).max(span.start + marks),
        );
        let text = inner.text(self.source);
        // What is written by its numbers stands nowhere.
        if encoding != Encoding::LiteralString
            && encoding != Encoding::MlLiteralString
            && text.contains('\\')
        {
            return;
        }
        let path: Vec<&str> = path.clone().map(String::as_str).collect();
        let field = |text: &str| Named::Field(text.trim_start_matches(':').to_lowercase());
        let (named, manner) = match path.as_slice() {
            ["name"] => (Named::Form(text.to_owned()), Manner::Word),
            ["fields", _, "on_change" | "on_enter" | "on_exit"] => {
                (Named::Action(text.to_owned()), Manner::Word)
            }
            ["layout", "sections", "fields"]
            | ["actions", _, "params"]
            | ["actions", _, "params", _] => (field(text), Manner::Word),
            ["actions", _, "mapping", _] => (field(text), Manner::Word),
            ["actions", _, "mapping"] => (field(text), Manner::Column),
            [.., "expr" | "computed" | "where" | "check" | "on"] => return self.expression(inner),
            _ => return,
        };
        // A mark before it is none of the name.
        let marks = text.len() - text.trim_start_matches(':').len();
        let span = Span::new(inner.start + marks as u32, inner.end);
        let declares = matches!(named, Named::Form(_));
        self.all.push(Naming {
            span,
            named,
            declares,
            manner,
        });
    }

    /// The fields that an expression names: as columns, or as parameters.
    fn expression(&mut self, inner: Span) {
        let piece = Piece::at(self.source, inner);
        let parse = rql_grammar::parse(&piece.within("SELECT ", ""));
        let ast = &parse.ast;
        for expr in ast.all::<Expr>() {
            let (span, name) = match expr.kind {
                ExprKind::Param => match ast.param(expr.span) {
                    ParamName::Name(name) => (
                        Span::new(expr.span.end - name.len() as u32, expr.span.end),
                        name.to_owned(),
                    ),
                    _ => continue,
                },
                ExprKind::Column(name) => match ast[name.parts] {
                    [only] => (only.span, ast.name(only).into_owned()),
                    _ => continue,
                },
                _ => continue,
            };
            if inner.start <= span.start && span.end <= inner.end {
                self.all.push(Naming {
                    span,
                    named: Named::Field(name),
                    declares: false,
                    manner: Manner::Word,
                });
            }
        }
    }
}

/// What a key says.
fn word(written: &str, encoding: Option<Encoding>) -> String {
    match encoding {
        Some(_) => written.trim_matches(['"', '\'']).to_owned(),
        None => written.to_owned(),
    }
}
