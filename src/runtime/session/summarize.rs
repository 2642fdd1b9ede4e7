//! SUMMARIZE: one line about each column of a table or query.

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::prepare;
use crate::session::show::table;
use crate::{Decimal, Value};
use rql::Type;
use rql_ast::{Ast, Span, StmtKind, Target, quoted_name};
use rql_diagnostics::{Diagnostic, codes};

/// What is asked of each column.
const ASKED: usize = 5;

impl Session {
    /// The type, the least, the greatest, the count of different values, the mean and the share of NULLs of
    /// each column; rows are read once.
    pub(crate) fn summarize(
        &mut self,
        ast: &Ast,
        target: Target,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let from = match target {
            Target::Table(name) => ast.text(ast.name_span(name)).to_owned(),
            Target::Query(query) => format!("({}) AS summarized", ast.text(ast[query].span)),
            Target::Form(_) => {
                let error = Diagnostic::error(codes::NOT_EXECUTABLE_YET, "a form has no rows");
                return Err(error.label(span, "a table or query has").into());
            }
        };
        let whole = self.synthetic(&format!("SELECT * FROM {from}"), ast, span, out)?;
        let columns = whole.described().to_vec();
        let mut asked = vec!["COUNT(*)".to_owned()];
        for column in &columns {
            let name = quoted_name(&column.name);
            let ordered = !matches!(
                column.ty,
                Type::Boolean | Type::Blob | Type::Uuid | Type::Json | Type::Jsonb
            );
            let number = column.ty.is_integer() || column.ty.is_decimal();
            let ask = |wanted: bool, text: &str| {
                let text = text.replace('?', &name);
                if wanted { text } else { "NULL".to_owned() }
            };
            asked.extend([
                ask(true, "COUNT(?)"),
                ask(ordered, "MIN(?)"),
                ask(ordered, "MAX(?)"),
                ask(column.ty != Type::Json, "COUNT(DISTINCT ?)"),
                match number {
                    true => ask(true, "ROUND(AVG(?), 2)"),
                    false => ask(column.ty.is_float(), "AVG(?)"),
                },
            ]);
        }
        let text = format!("SELECT {} FROM {from}", asked.join(", "));
        let prepared = self.synthetic(&text, ast, span, out)?;
        let rows = self.collect(&prepared, ast, span)?;
        let cells = rows.rows.into_iter().next().unwrap_or_default();
        let total = cells.first().and_then(count).unwrap_or(0);
        let lines = columns
            .iter()
            .zip(cells.get(1..).unwrap_or(&[]).chunks(ASKED));
        let lines = lines.map(|(column, cells)| {
            let shown = |at: usize| {
                let cell = cells.get(at).filter(|cell| **cell != Value::Null);
                cell.map(|cell| cell.as_ref().to_string())
            };
            let some = cells.first().and_then(count).unwrap_or(0);
            let (name, ty) = (Some(column.name.clone()), Some(column.ty.to_string()));
            vec![
                name,
                ty,
                shown(1),
                shown(2),
                shown(3),
                shown(4),
                Some(share(total - some, total)),
            ]
        });
        let lines = lines.collect();
        let names = ["column", "type", "min", "max", "distinct", "avg", "nulls"];
        table(out, &names, lines)
    }

    /// Prepares a query that the session writes itself; what is wrong with it is wrong with the statement.
    pub(crate) fn synthetic(
        &mut self,
        text: &str,
        ast: &Ast,
        span: Span,
        out: &mut Output,
    ) -> Result<prepare::Prepared, Failure> {
        let parse = rql_grammar::parse(text);
        let query = parse.ast[parse.ast.statements]
            .iter()
            .find_map(|stmt| match stmt.kind {
                StmtKind::Query(query) => Some(query),
                _ => None,
            });
        let Some(query) = query.filter(|_| parse.is_ok()) else {
            let error = Diagnostic::error(codes::NOT_EXECUTABLE_YET, "this cannot be read");
            return Err(error.label(span, ast.text(span)).into());
        };
        let prepared = self.prepare(&parse.ast, span, out, |on| {
            prepare::query(&parse.ast, query, on)
        });
        prepared.map_err(|failure| failure.moved_to(span))
    }
}

fn count(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(count) => Some(*count),
        _ => None,
    }
}

/// `12.50%`.
fn share(part: i64, whole: i64) -> String {
    let hundredths = if whole == 0 {
        0
    } else {
        i128::from(part) * 10_000 / i128::from(whole)
    };
    Decimal::new(hundredths, 2).map_or_else(String::new, |share| format!("{share}%"))
}
