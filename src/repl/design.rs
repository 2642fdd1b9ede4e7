//! Forms that are designed on the screen.

use rql_ast::StmtKind;

/// The form that a text designs: one FORM DESIGN.
#[must_use]
pub fn designed(text: &str) -> Option<String> {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    let mut all = ast.statements.ids().map(|id| ast[id].kind);
    match (all.next(), all.next(), parse.is_ok()) {
        (Some(StmtKind::FormDesign(name)), None, true) => Some(ast.dotted(name)),
        _ => None,
    }
}
