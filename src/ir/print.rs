//! The algebra as text, for people: `rqlc explain --stage ir`.

use crate::ir::*;
use core::fmt::Write;

/// The tree of relations, one a line, with every column's identity, type and nullability.
#[must_use]
pub fn print(ir: &Ir) -> String {
    let mut out = String::new();
    for cte in &ir.ctes {
        let _ = writeln!(out, "with {}", cte.name);
        rel(ir, cte.rel, 1, &mut out);
    }
    if let Some(root) = ir.root {
        rel(ir, root, 0, &mut out);
    }
    out
}

fn rel(ir: &Ir, id: RelId, depth: usize, out: &mut String) {
    let node = ir.rel(id);
    let mut inputs = Vec::new();
    let list = |items: &[Item]| {
        let shown: Vec<_> = items
            .iter()
            .map(|&(column, s)| format!("{} := {}", name(ir, column), scalar(ir, s)))
            .collect();
        shown.join(", ")
    };
    let text = match &node.kind {
        RelKind::OneRow => "one row".into(),
        RelKind::Scan { table, alias, .. } => format!("scan {table} as {alias}"),
        RelKind::CteScan { cte, alias, .. } => {
            format!("scan with {} as {alias}", ir.ctes[cte.index()].name)
        }
        RelKind::Derived { input, alias, .. } => {
            inputs.push(*input);
            format!("query as {alias}")
        }
        RelKind::Values { rows, .. } => format!("values, {} rows", rows.len()),
        RelKind::Join {
            kind,
            left,
            right,
            on,
        } => {
            inputs.extend([*left, *right]);
            let on = on.map_or_else(String::new, |on| format!(" on {}", scalar(ir, on)));
            format!("{kind:?} join{on}").to_lowercase()
        }
        RelKind::Filter { input, predicate } => {
            inputs.push(*input);
            format!("filter {}", scalar(ir, *predicate))
        }
        RelKind::Aggregate {
            input,
            groups,
            aggregates,
        } => {
            inputs.push(*input);
            format!("aggregate [{}] {}", list(groups), list(aggregates))
        }
        RelKind::Project { input, items, .. } => {
            inputs.push(*input);
            format!("project {}", list(items))
        }
        RelKind::Distinct { input } => {
            inputs.push(*input);
            "distinct".into()
        }
        RelKind::SetOp {
            op,
            all,
            left,
            right,
            ..
        } => {
            inputs.extend([*left, *right]);
            format!("{op:?}{}", if *all { " all" } else { "" }).to_lowercase()
        }
        RelKind::Sort { input, keys } => {
            inputs.push(*input);
            let keys: Vec<_> = keys.iter().map(|k| key(ir, k)).collect();
            format!("sort {}", keys.join(", "))
        }
        RelKind::Limit {
            input,
            count,
            offset,
        } => {
            inputs.push(*input);
            let show = |s: &Option<ScalarId>| s.map_or_else(|| "-".into(), |s| scalar(ir, s));
            format!("limit {} offset {}", show(count), show(offset))
        }
    };
    let _ = writeln!(out, "{:1$}{text}", "", depth * 2);
    for input in inputs {
        rel(ir, input, depth + 1, out);
    }
}

fn name(ir: &Ir, id: ColumnId) -> String {
    let column = ir.column(id);
    let null = if column.nullable { "?" } else { "" };
    format!("{}#{}: {}{null}", column.name, id.0, column.ty)
}

fn key(ir: &Ir, key: &SortKey) -> String {
    let direction = if key.descending { " desc" } else { "" };
    let nulls = if key.nulls_first { "first" } else { "last" };
    format!("{}{direction} nulls {nulls}", scalar(ir, key.scalar))
}

fn scalar(ir: &Ir, id: ScalarId) -> String {
    let all = |ids: &[ScalarId]| {
        let shown: Vec<_> = ids.iter().map(|&s| scalar(ir, s)).collect();
        shown.join(", ")
    };
    let node = ir.scalar(id);
    match &node.kind {
        ScalarKind::Column(id) => format!("{}#{}", ir.column(*id).name, id.0),
        ScalarKind::Literal(literal) => match literal {
            Literal::Text(text) => format!("'{text}'"),
            Literal::Integer(value) => value.to_string(),
            Literal::Decimal(units) => format!("{units}e-{}", node.ty.scale().unwrap_or(0)),
            other => format!("{other:?}").to_lowercase(),
        },
        ScalarKind::Param(at) => format!("param {at}: {}", node.ty),
        ScalarKind::Call { func, args } => format!("{func:?}({})", all(args)).to_string(),
        ScalarKind::Cast { operand, implicit } => {
            let mark = if *implicit { "implicit " } else { "" };
            format!("{mark}cast({} as {})", scalar(ir, *operand), node.ty)
        }
        ScalarKind::Case {
            branches,
            otherwise,
        } => {
            let mut parts: Vec<_> = branches
                .iter()
                .map(|(when, then)| format!("{} -> {}", scalar(ir, *when), scalar(ir, *then)))
                .collect();
            parts.extend(otherwise.map(|s| format!("else {}", scalar(ir, s))));
            format!("case({})", parts.join(", "))
        }
        ScalarKind::InList { operand, items, .. } => {
            format!("{} in [{}]", scalar(ir, *operand), all(items))
        }
        ScalarKind::InQuery { operand, query, .. } => {
            format!("{} in query {}", scalar(ir, *operand), query.0)
        }
        ScalarKind::Exists(query) => format!("exists query {}", query.0),
        ScalarKind::Subquery { query, .. } => format!("query {}", query.0),
        ScalarKind::Aggregate { func, arg, .. } => {
            let arg = arg.map_or_else(|| "*".into(), |arg| scalar(ir, arg));
            format!("{func:?}({arg})")
        }
        ScalarKind::Window {
            func, args, order, ..
        } => {
            let order: Vec<_> = order.iter().map(|k| key(ir, k)).collect();
            format!("{func:?}({}) over ({})", all(args), order.join(", "))
        }
    }
}
