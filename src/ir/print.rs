//! The algebra as text, for people: `rqlc explain --stage ir`.

use crate::*;
use core::fmt::Write;

/// The tree of relations, one a line, with every column's identity, type and nullability.
#[must_use]
pub fn print(ir: &Ir) -> String {
    let mut printer = Printer {
        ir,
        out: String::new(),
    };
    for (at, param) in ir.params.iter().enumerate() {
        let name = match &param.name {
            ParamName::Name(name) => format!(":{name}"),
            ParamName::Position(position) => format!("${position}"),
        };
        let _ = writeln!(printer.out, "parameter {}: {name} {}", at + 1, param.ty);
    }
    if let Some(root) = ir.root {
        printer.rel(root, 0);
    }
    printer.out
}

pub(crate) struct Printer<'a> {
    ir: &'a Ir,
    out: String,
}

impl Printer<'_> {
    /// A line; where it has more than one, those behind the first stand further in.
    fn line(&mut self, depth: usize, text: &str) {
        for (at, line) in text.lines().enumerate() {
            let indent = depth * 2 + if at == 0 { 0 } else { 4 };
            let _ = writeln!(self.out, "{:indent$}{}", "", line.trim_end());
        }
    }

    fn rel(&mut self, id: RelId, depth: usize) {
        let ir = self.ir;
        if let RelKind::With { ctes, input } = &ir.rel(id).kind {
            for cte in ctes {
                let cte = &ir.ctes[cte.index()];
                let recursive = if cte.recursive { "recursive " } else { "" };
                let names: Vec<_> = cte.columns.iter().map(|c| self.named(c)).collect();
                let text = format!("with {recursive}{} ({})", cte.name, names.join(", "));
                self.line(depth, &text);
                self.rel(cte.rel, depth + 1);
            }
            return self.rel(*input, depth);
        }
        let text = self.operator(id);
        self.line(depth, &text);
        let mut queries = Vec::new();
        ir.each_scalar(id, &mut |scalar| ir.queries_in(scalar, &mut queries));
        queries.extend(ir.assigned_queries(id));
        for query in queries {
            self.line(depth + 1, &format!("subquery {}:", query.0));
            self.rel(query, depth + 2);
        }
        for input in ir.inputs(id) {
            self.rel(input, depth + 1);
        }
    }

    fn operator(&self, id: RelId) -> String {
        let ir = self.ir;
        match &ir.rel(id).kind {
            RelKind::OneRow => "one row".into(),
            RelKind::Scan {
                schema,
                table,
                alias,
                columns,
                open,
                in_order,
                only,
            } => {
                let schema = schema
                    .as_ref()
                    .map_or_else(String::new, |s| format!("{s}."));
                let alias = if alias == table {
                    String::new()
                } else {
                    format!(" as {alias}")
                };
                let open = if *open { " of unknown columns" } else { "" };
                let order = if *in_order { " in order" } else { "" };
                let only = if *only { "only " } else { "" };
                format!(
                    "scan {only}{schema}{table}{alias}{open}{order} ({})",
                    self.columns(columns)
                )
            }
            RelKind::CteScan {
                cte,
                alias,
                columns,
            } => {
                let name = &ir.ctes[cte.index()].name;
                format!("scan with {name} as {alias} ({})", self.columns(columns))
            }
            RelKind::TableFunction {
                func,
                args,
                alias,
                columns,
                ordinality,
            } => {
                let columns: Vec<_> = columns.iter().map(|c| self.named(c)).collect();
                let columns = columns.join(", ");
                let counted = if *ordinality { " with ordinality" } else { "" };
                let (name, args) = (func.name(), self.all(args));
                format!("function {name}({args}){counted} as {alias} ({columns})")
            }
            RelKind::Derived { alias, columns, .. } => {
                let names: Vec<_> = columns.iter().map(|c| self.named(c)).collect();
                format!("query as {alias} ({})", names.join(", "))
            }
            RelKind::Values { rows, columns } => {
                format!("values, {} rows ({})", rows.len(), self.columns(columns))
            }
            RelKind::Join {
                kind,
                on,
                merged,
                lateral,
                ..
            } => {
                let mut text = format!("{kind:?} join").to_lowercase();
                if *lateral {
                    text.insert_str(0, "lateral ");
                }
                for m in merged {
                    let [left, right] = [m.left, m.right].map(|c| self.reference(c));
                    let _ = write!(text, " {} := {left} = {right}", self.column(m.column));
                }
                if let Some(on) = on {
                    let _ = write!(text, " on {}", self.scalar(*on));
                }
                text
            }
            RelKind::Sample {
                method,
                percent,
                seed,
                ..
            } => {
                let mut text = format!("sample {method} {} percent", self.scalar(*percent));
                if let Some(seed) = seed {
                    let _ = write!(text, " repeatable {}", self.scalar(*seed));
                }
                text
            }
            RelKind::Filter { predicate, .. } => format!("filter {}", self.scalar(*predicate)),
            RelKind::Aggregate {
                groups,
                sets,
                dependent,
                aggregates,
                ..
            } => {
                let mut text = format!("aggregate by [{}]", self.items(groups));
                if let Some(sets) = sets {
                    let name = |&at: &usize| self.reference(groups[at].0);
                    let set = |set: &Vec<usize>| {
                        let names: Vec<_> = set.iter().map(name).collect();
                        format!("({})", names.join(", "))
                    };
                    let sets: Vec<_> = sets.iter().map(set).collect();
                    let _ = write!(text, " in sets {}", sets.join(", "));
                }
                for (word, items) in [(" with ", dependent), (" compute ", aggregates)] {
                    if !items.is_empty() {
                        let _ = write!(text, "{word}{}", self.items(items));
                    }
                }
                text
            }
            RelKind::Window { items, .. } => format!("window {}", self.items(items)),
            RelKind::Project { items, visible, .. } => {
                let (seen, hidden) = items.split_at(*visible);
                let mut text = format!("project {}", self.items(seen));
                if !hidden.is_empty() {
                    let hidden = self.items(hidden).trim().replace('\n', ", ");
                    let _ = write!(text, "\nfor the order only: {hidden}");
                }
                text
            }
            RelKind::Distinct { .. } => "distinct".into(),
            RelKind::DistinctOn { keys, .. } => format!("first of each {}", self.all(keys)),
            RelKind::SetOp {
                op, all, columns, ..
            } => {
                let all = if *all { " all" } else { "" };
                let op = format!("{op:?}{all}").to_lowercase();
                format!("{op} ({})", self.columns(columns))
            }
            RelKind::Sort { keys, .. } => format!("sort {}", self.keys(keys)),
            RelKind::Limit {
                count,
                offset,
                with_ties,
                ..
            } => {
                let mut text = "limit".to_owned();
                if let Some(count) = count {
                    let _ = write!(text, " to {}", self.scalar(*count));
                }
                if *with_ties {
                    text.push_str(" with ties");
                }
                if let Some(offset) = offset {
                    let _ = write!(text, " after {}", self.scalar(*offset));
                }
                text
            }
            RelKind::Lock {
                strength,
                of,
                nowait,
                ..
            } => {
                let mut text = strength
                    .text()
                    .to_lowercase()
                    .replacen("for", "lock for", 1);
                if !of.is_empty() {
                    let _ = write!(text, " of {}", of.join(", "));
                }
                text.push_str(match nowait {
                    Some(true) => " nowait",
                    Some(false) => " skip locked",
                    None => "",
                });
                text
            }
            RelKind::With { .. } => "with".into(),
            RelKind::Insert(insert) => self.insert(insert),
            RelKind::Define(define) => self.define(define),
            RelKind::Update(update) => self.update(update),
            RelKind::Delete(delete) => self.delete(delete),
            RelKind::Merge(merge) => self.merge(merge),
            RelKind::Parts(parts) => {
                let tables: Vec<_> = parts.kept.iter().map(|part| &*part.table).collect();
                format!("keep the first in {}, then do the last", tables.join(", "))
            }
            RelKind::Sequence(_) => "keep the first, then do the others".into(),
        }
    }

    fn guard(&self, guard: Option<GuardId>) -> String {
        let Some(guard) = guard else {
            return String::new();
        };
        format!(
            " [if {}]",
            self.ir.guards[guard.index()].describe(&self.ir.conditions)
        )
    }

    fn named(&self, (id, name): &(ColumnId, String)) -> String {
        let column = self.ir.column(*id);
        let null = if column.nullable { "?" } else { "" };
        format!("{name}#{}: {}{null}", id.0, column.ty)
    }

    pub(crate) fn column(&self, id: ColumnId) -> String {
        let column = self.ir.column(id);
        let null = if column.nullable { "?" } else { "" };
        format!("{}#{}: {}{null}", column.name, id.0, column.ty)
    }

    pub(crate) fn columns(&self, ids: &[ColumnId]) -> String {
        let shown: Vec<_> = ids.iter().map(|&id| self.column(id)).collect();
        listed(&shown)
    }

    pub(crate) fn reference(&self, id: ColumnId) -> String {
        format!("{}#{}", self.ir.column(id).name, id.0)
    }

    pub(crate) fn items(&self, items: &[Item]) -> String {
        let shown: Vec<_> = items
            .iter()
            .map(|&(column, s)| {
                let let_through =
                    matches!(self.ir.scalar(s).kind, ScalarKind::Column(id) if id == column);
                match let_through {
                    true => self.column(column),
                    false => format!("{} := {}", self.column(column), self.scalar(s)),
                }
            })
            .collect();
        listed(&shown)
    }

    pub(crate) fn all(&self, ids: &[ScalarId]) -> String {
        let shown: Vec<_> = ids.iter().map(|&s| self.scalar(s)).collect();
        shown.join(", ")
    }

    fn keys(&self, keys: &[SortKey]) -> String {
        let shown: Vec<_> = keys.iter().map(|key| self.key(key)).collect();
        shown.join(", ")
    }

    fn key(&self, key: &SortKey) -> String {
        let direction = if key.descending { " desc" } else { "" };
        // Said only where it is not PostgreSQL's way.
        let nulls = match (key.nulls_first, key.descending) {
            (true, false) => " nulls first",
            (false, true) => " nulls last",
            _ => "",
        };
        let guard = self.guard(key.guard);
        format!("{}{direction}{nulls}{guard}", self.scalar(key.scalar))
    }

    pub(crate) fn scalar(&self, id: ScalarId) -> String {
        let node = self.ir.scalar(id);
        let not = |negated: bool| if negated { "not " } else { "" };
        match &node.kind {
            ScalarKind::Column(id) => self.reference(*id),
            ScalarKind::Wildcard(_) => "*".into(),
            ScalarKind::Literal(literal) => self.literal(literal, node.ty),
            ScalarKind::Param(at) => format!("parameter {}", at + 1),
            ScalarKind::Assigned(value) => format!("{} as {}", self.scalar(*value), node.ty),
            ScalarKind::Default(_) => "default".into(),
            ScalarKind::Call { func, args } => self.call(*func, args),
            ScalarKind::BackendCall { name, args, .. } => {
                format!("backend's {name}({})", self.all(args))
            }
            ScalarKind::Member { operand, name } => format!("({}).{name}", self.scalar(*operand)),
            ScalarKind::Cast {
                operand,
                implicit,
                fallible,
            } => {
                let word = if *fallible { "try_cast" } else { "cast" };
                let mark = if *implicit { "implicit " } else { "" };
                format!("{mark}{word}({} as {})", self.scalar(*operand), node.ty)
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let mut parts: Vec<_> = branches
                    .iter()
                    .map(|&(when, then)| format!("{} -> {}", self.scalar(when), self.scalar(then)))
                    .collect();
                parts.extend(otherwise.map(|s| format!("else {}", self.scalar(s))));
                format!("case({})", parts.join(", "))
            }
            ScalarKind::InList {
                operand,
                items,
                negated,
            } => {
                let not = not(*negated);
                format!("{} {not}in [{}]", self.scalar(*operand), self.all(items))
            }
            ScalarKind::InQuery {
                operand,
                query,
                negated,
                ..
            } => {
                let not = not(*negated);
                format!("{} {not}in subquery {}", self.scalar(*operand), query.0)
            }
            ScalarKind::Quantified {
                func,
                all,
                operand,
                query,
                ..
            } => {
                let word = if *all { "all" } else { "any" };
                let operand = self.scalar(*operand);
                format!("{operand} {} {word} subquery {}", func.name(), query.0)
            }
            ScalarKind::Exists(query) => format!("exists subquery {}", query.0),
            ScalarKind::OfArray {
                func,
                all,
                operand,
                array,
            } => {
                let word = if *all { "all" } else { "any" };
                let (operand, array) = (self.scalar(*operand), self.scalar(*array));
                format!("{operand} {} {word} of {array}", func.name())
            }
            ScalarKind::Subquery { query, .. } => format!("subquery {}", query.0),
            ScalarKind::ArrayQuery { query, .. } => format!("array of subquery {}", query.0),
            ScalarKind::Row(items) => format!("row({})", self.all(items)),
            ScalarKind::Whole { fields, .. } => {
                let fields: Vec<_> = fields.iter().map(|field| field.1).collect();
                format!("whole({})", self.all(&fields))
            }
            ScalarKind::Array(items) => format!("array[{}]", self.all(items)),
            ScalarKind::Grouping(items) => format!("grouping({})", self.all(items)),
            ScalarKind::Aggregate {
                func,
                distinct,
                args,
                order,
                filter,
            } => {
                let distinct = if *distinct { "distinct " } else { "" };
                let args = if args.is_empty() {
                    "*".into()
                } else {
                    self.all(args)
                };
                let mut text = format!("{}({distinct}{args})", func.name());
                if !order.is_empty() {
                    let _ = write!(text, " in order {}", self.keys(order));
                }
                if let Some(filter) = filter {
                    let _ = write!(text, " where {}", self.scalar(*filter));
                }
                text
            }
            ScalarKind::Window { .. } => self.window(&node.kind),
            ScalarKind::Guarded {
                guard,
                then,
                otherwise,
            } => {
                let mut text = format!("{}{}", self.scalar(*then), self.guard(Some(*guard)));
                if let Some(otherwise) = otherwise {
                    let _ = write!(text, " else {}", self.scalar(*otherwise));
                }
                text
            }
        }
    }

    /// Operators stand between their operands, and in parentheses where they are operands themselves.
    fn call(&self, func: Func, args: &[ScalarId]) -> String {
        let operand = |&id: &ScalarId| {
            let text = self.scalar(id);
            match &self.ir.scalar(id).kind {
                ScalarKind::Call { func, args } if args.len() > 1 && symbol(*func).is_some() => {
                    format!("({text})")
                }
                _ => text,
            }
        };
        match (symbol(func), args) {
            (Some(symbol), [_, _, ..]) => {
                let operands: Vec<_> = args.iter().map(operand).collect();
                operands.join(&format!(" {symbol} "))
            }
            _ => format!("{}({})", func.name(), self.all(args)),
        }
    }

    fn window(&self, kind: &ScalarKind) -> String {
        let ScalarKind::Window {
            func,
            args,
            filter,
            partition,
            order,
            frame,
            running,
        } = kind
        else {
            return String::new();
        };
        let word = if *running { "running " } else { "" };
        let mut text = format!("{word}{}({})", func.name(), self.all(args));
        if let Some(filter) = filter {
            let _ = write!(text, " where {}", self.scalar(*filter));
        }
        text.push_str(" over (");
        let mut parts = Vec::new();
        if !partition.is_empty() {
            parts.push(format!("by {}", self.all(partition)));
        }
        if !order.is_empty() {
            parts.push(format!("in order {}", self.keys(order)));
        }
        if let Some(frame) = frame {
            let bound = |bound| match bound {
                FrameBound::UnboundedPreceding => "start".into(),
                FrameBound::Preceding(s) => format!("{} before", self.scalar(s)),
                FrameBound::CurrentRow => "current row".into(),
                FrameBound::Following(s) => format!("{} after", self.scalar(s)),
                FrameBound::UnboundedFollowing => "end".to_owned(),
            };
            let unit = format!("{:?}", frame.unit).to_lowercase();
            parts.push(format!(
                "{unit} {} to {}",
                bound(frame.start),
                bound(frame.end)
            ));
        }
        text + &parts.join(" ") + ")"
    }

    fn literal(&self, literal: &Literal, ty: Type) -> String {
        match literal {
            Literal::Null => "null".into(),
            Literal::Boolean(value) => value.to_string(),
            Literal::Integer(value) => value.to_string(),
            Literal::Decimal(units) => decimal_text(*units, ty.scale().unwrap_or(0)),
            Literal::Double(text) => format!("{ty} {text}"),
            Literal::Text(text) if ty.is_text() || ty == Type::Unknown => format!("'{text}'"),
            Literal::Text(text) => format!("{ty} '{text}'"),
            Literal::Blob(hex) => format!("x'{hex}'"),
            Literal::Interval {
                months,
                days,
                micros,
            } => format!("interval '{months} months {days} days {micros} microseconds'"),
        }
    }
}

/// Side by side where that is short, else each on a line of its own.
fn listed(parts: &[String]) -> String {
    let width: usize = parts.iter().map(|part| part.chars().count() + 2).sum();
    if width <= 80 || parts.len() < 2 {
        return parts.join(", ");
    }
    format!("\n{}", parts.join("\n"))
}

/// How an operator is written between its operands.
fn symbol(func: Func) -> Option<&'static str> {
    Some(match func {
        Func::Add | Func::AddDays | Func::AddInterval => "+",
        Func::Sub | Func::SubDays | Func::SubInterval | Func::DaysBetween => "-",
        Func::Mul => "*",
        Func::Div => "/",
        Func::Mod => "%",
        Func::Concat => "||",
        Func::Eq => "=",
        Func::Ne => "<>",
        Func::Lt => "<",
        Func::Le => "<=",
        Func::Gt => ">",
        Func::Ge => ">=",
        Func::And => "and",
        Func::Or => "or",
        Func::IsDistinct => "is distinct from",
        Func::IsNotDistinct => "is not distinct from",
        Func::Like => "like",
        Func::NotLike => "not like",
        _ => return None,
    })
}

/// Units as decimal text: `decimal_text(1250, 2)` is `12.50`.
#[must_use]
pub fn decimal_text(units: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    let dot = if scale == 0 { "" } else { "." };
    format!("{sign}{whole}{dot}{fraction}")
}
