//! What somebody types for a place in a query: an expression, a condition, values.

use super::query::{Expr, Filter, Query, Term, alternatives, is_text};
use super::read::{Read, Reader};
use rql::{Catalog, Type};
use rql_ast::{ClauseKind, ExprKind, Select, SelectItem};

/// An expression as somebody types it, for a place in a query.
///
/// # Errors
/// Why it is none.
pub(crate) fn expression(text: &str, query: &Query, catalog: &Catalog) -> Read<Term> {
    let source = format!("SELECT {}", text.trim());
    let parse = rql_grammar::parse(&source);
    if let Some(wrong) = parse.diagnostics.first().filter(|_| !parse.is_ok()) {
        return Err(wrong.message.clone());
    }
    let none = || Err(format!("{} is no expression", text.trim()));
    let ast = &parse.ast;
    let mut selects = ast.all::<Select>().iter();
    // It is all that there is: no clause behind it, no name, no second one.
    let first = selects.find(|select| select.span.start == 0);
    let Some([SelectItem::Expr { expr, alias: None }]) = first.map(|select| &ast[select.items])
    else {
        return none();
    };
    if ast[*expr].span.end as usize != source.len() {
        return none();
    }
    let reader = Reader::on(ast, catalog, query);
    Ok(reader.term(*expr))
}

/// True where an expression must stand in parentheses as an operand.
fn is_loose(text: &str) -> bool {
    let parse = rql_grammar::parse(&format!("SELECT {text}"));
    let ast = &parse.ast;
    let mut items = ast.all::<SelectItem>().iter();
    let Some(SelectItem::Expr { expr, .. }) = items.next_back() else {
        return true;
    };
    match ast[*expr].kind {
        ExprKind::Prefix { operand, .. } => ast[operand].kind != ExprKind::Number,
        ExprKind::Chain(_)
        | ExprKind::Binary { .. }
        | ExprKind::Is { .. }
        | ExprKind::IsForm { .. }
        | ExprKind::Between(_)
        | ExprKind::In { .. }
        | ExprKind::Like(_)
        | ExprKind::Star(_) => true,
        _ => false,
    }
}

/// A condition as somebody types it: one filter, or some of which all must be true but for alternatives.
///
/// # Errors
/// Why it is none.
pub(crate) fn condition(text: &str, query: &Query, catalog: &Catalog) -> Read<Vec<Filter>> {
    let text = text.trim();
    expression(text, query, catalog)?;
    // Read as a whole it may be a comparison like those that are chosen.
    let source = format!("SELECT 1 FROM t WHERE {text}");
    let parse = rql_grammar::parse(&source);
    let ast = &parse.ast;
    let conditions = ast.all::<rql_ast::Clause>().iter();
    let mut conditions = conditions.filter_map(|clause| match clause.kind {
        ClauseKind::Where(condition) => Some(condition),
        _ => None,
    });
    let Some(whole) = conditions.next_back().filter(|_| parse.is_ok()) else {
        return Err(format!("{text} is no condition"));
    };
    let reader = Reader::on(ast, catalog, query);
    let mut filters = reader.conditions(whole, false);
    for range in alternatives(&filters) {
        let some = &mut filters[range];
        // What is asked of an aggregate is asked of groups, and so are its alternatives.
        let of_groups = some.iter().any(|filter| filter.term.aggregate.is_some());
        some.iter_mut()
            .for_each(|filter| filter.of_groups = of_groups);
    }
    Ok(filters)
}

/// A value as somebody types it to be compared with what has a type: text without its quotes, a date; behind `=`
/// any expression.
///
/// # Errors
/// Why it is none.
pub(crate) fn value(text: &str, ty: Type, query: &Query, catalog: &Catalog) -> Read<Expr> {
    let text = text.trim();
    let quoted = || rql_ast::text_literal(text);
    let ready = text.starts_with(['\'', ':', '$', '(']);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let written = match text.strip_prefix('=') {
        Some(expr) => expr.trim().to_owned(),
        None if ready || text.eq_ignore_ascii_case("null") => text.to_owned(),
        None if is_text(ty) => quoted(),
        None => match ty {
            Type::Date if digits(text) => format!("DATE {}", quoted()),
            Type::Timestamp if text.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("TIMESTAMP {}", quoted())
            }
            Type::Boolean => match text.to_lowercase().as_str() {
                "yes" | "y" | "true" => "TRUE".to_owned(),
                "no" | "n" | "false" => "FALSE".to_owned(),
                _ => text.to_owned(),
            },
            Type::Uuid | Type::Time => quoted(),
            _ => text.to_owned(),
        },
    };
    if written.is_empty() {
        return Err("a value is wanted".to_owned());
    }
    let term = expression(&written, query, catalog)?;
    let text = match (term.expr, term.aggregate) {
        (Expr::Column(source, name), None) => return Ok(Expr::Column(source, name)),
        (Expr::Text(text), None) => text,
        (_, Some(_)) => written,
    };
    match is_loose(&text) {
        true => Ok(Expr::Text(format!("({text})"))),
        false => Ok(Expr::Text(text)),
    }
}

/// Several values with commas between them; those in quotes may have commas.
///
/// # Errors
/// What is wrong with one.
pub(crate) fn values(text: &str, ty: Type, query: &Query, catalog: &Catalog) -> Read<Vec<Expr>> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_i32);
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
        .iter()
        .map(|piece| value(piece, ty, query, catalog))
        .collect()
}
