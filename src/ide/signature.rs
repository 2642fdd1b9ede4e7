//! What the function that is being called wants.

use crate::functions;
use crate::look::holds;
use crate::{Snapshot, Span};
use rql_ast::{Ast, Call};
use rql_grammar::Cursor;

/// What a call wants, and which of its arguments is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The function.
    pub name: String,
    /// Its ways to be called, each by its arguments; the ones that fit come first.
    pub ways: Vec<Vec<String>>,
    /// The argument at the cursor, from zero.
    pub active: usize,
    /// A line about it.
    pub about: String,
}

impl Snapshot {
    /// The call around a byte, where there is one.
    #[must_use]
    pub fn signature(&self, at: u32) -> Option<SignatureHelp> {
        let at = self.floor(at);
        let statement = self.statement_at(at);
        let text = statement.text(&self.text);
        let inner = at - statement.start;
        let draft = rql_grammar::draft(text, inner);
        let hole = match draft.cursor {
            Cursor::Other | Cursor::Placeholder => return None,
            _ => draft.hole?,
        };
        let (call, active) = innermost(&draft.ast, hole)?;
        let name = draft.ast.dotted(call.name);
        let macros = self.before(statement.start);
        let found = macros.catalog.definitions().iter().rev();
        if let Some(found) = found.filter(|d| d.is_macro()).find(|d| d.name == name) {
            let params = found.params().iter();
            let params = params.map(|param| found.ast.name(param.name).into_owned());
            return Some(SignatureHelp {
                ways: vec![params.collect()],
                name,
                active,
                about: found.body().to_owned(),
            });
        }
        let known = functions::named(&name)?;
        let mut ways = known.ways();
        let takes =
            |way: &Vec<String>| way.len() > active || way.last().is_some_and(|it| it == "…");
        ways.sort_by_key(|way| !takes(way));
        Some(SignatureHelp {
            name,
            ways,
            active,
            about: known.entry.about.to_owned(),
        })
    }
}

/// The innermost call around a name, and the argument that holds it.
fn innermost(ast: &Ast, hole: Span) -> Option<(Call, usize)> {
    let calls = ast.all::<Call>().iter().filter_map(|call| {
        let mut args = ast[call.args].iter();
        let at = args.position(|arg| holds(ast[arg.value].span, hole.start))?;
        let start = ast.name_span(call.name).start;
        Some((start, *call, at))
    });
    calls
        .max_by_key(|found| found.0)
        .map(|(_, call, at)| (call, at))
}
