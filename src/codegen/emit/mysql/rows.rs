//! Functions that give rows: the elements of an array of JSON, which JSON_TABLE reads.

use super::super::placed::{TEXT, column};
use super::super::{Def, Emitter, Rep, Res, quoted};
use super::idiom::unless;
use super::json::members;
use rql_ir::{Func, RelId, RelKind, ScalarId, TableFunc, Type};

/// The columns of JSON_TABLE of which the text of a value is made.
const VALUE: [&str; 2] = ["rql_t", "rql_j"];

/// A document where it is of a kind.
fn of_kind(kind: &str, error: &str, value: &str) -> String {
    unless(error, &format!("JSON_TYPE({{0}}) <> '{kind}'"), value)
}

impl Emitter<'_> {
    /// Makes the columns of such a function known.
    pub(in crate::emit) fn mysql_define_rows(&mut self, rel: RelId, block: usize) {
        let RelKind::TableFunction {
            func,
            alias,
            columns,
            ..
        } = &self.ir.rel(rel).kind
        else {
            return;
        };
        let of = quoted(alias, self.dialect);
        let value = match func {
            TableFunc::JsonElements { text: true, .. } => Some(0),
            TableFunc::JsonEach { text: true, .. } => Some(1),
            _ => None,
        };
        for (at, (id, name)) in columns.iter().enumerate() {
            let [text, document] = VALUE;
            let def = match value == Some(at) {
                // An array or object has no text there, and null is none.
                true => Def::Written(format!(
                    "COALESCE({of}.{text}, NULLIF({of}.{document} COLLATE utf8mb4_nopad_bin, 'null'))"
                )),
                false => Def::Name {
                    block,
                    qualifier: alias.clone(),
                    name: name.clone(),
                    rep: Rep::Plain,
                },
            };
            self.define_as(*id, def);
        }
    }

    /// `JSON_TABLE(…) AS alias`.
    pub(in crate::emit) fn mysql_rows(&mut self, rel: RelId) -> Res {
        let RelKind::TableFunction {
            func,
            args,
            alias,
            columns,
            ordinality,
        } = &self.ir.rel(rel).kind
        else {
            return Ok(());
        };
        let refused = |this: &Self| {
            let what = format!("{} of these arguments in FROM", func.name());
            Err(this.refuse(this.ir.rel(rel).span, &what))
        };
        self.push("JSON_TABLE(");
        match func {
            TableFunc::Unnest => {
                if column(self.ir.column(columns[0].0).ty).is_none() {
                    return refused(self);
                }
                self.scalar(args[0], Rep::Plain, 0)?;
            }
            TableFunc::GenerateSeries => {
                let whole = |arg: &ScalarId| self.ir.scalar(*arg).ty.is_integer();
                if !args.iter().all(whole) {
                    return refused(self);
                }
                self.placed(&series(args.len() == 3), args)?;
            }
            TableFunc::StringToTable => {
                self.mysql_array_call(args[0], Func::StringToArray, args)?
            }
            TableFunc::RegexpSplitToTable => {
                self.mysql_regex(args[0], Func::RegexpSplitToArray, args, 0)?;
            }
            TableFunc::JsonElements { .. } => {
                let error = "[22023] cannot extract elements from what is no array";
                self.placed(&of_kind("ARRAY", error, "{0}"), args)?;
            }
            TableFunc::JsonEach { binary, .. } | TableFunc::JsonKeys { binary } => {
                let error = "[22023] cannot deconstruct what is no object";
                let text = of_kind("OBJECT", error, &members("{0}", *binary));
                self.placed(&text, args)?;
            }
            TableFunc::JsonObjects { set, .. } => {
                self.placed(&objects(func.name(), *set), args)?;
            }
            _ => return refused(self),
        }
        self.push(", '$[*]' COLUMNS (");
        let [text, document] = VALUE;
        let given = &columns[..columns.len() - usize::from(*ordinality)];
        for (at, (id, name)) in given.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            let path = match func {
                TableFunc::JsonEach { .. } => format!("'$[{at}]'"),
                TableFunc::JsonKeys { .. } => "'$[0]'".to_owned(),
                _ => "'$'".to_owned(),
            };
            if matches!(self.definition(*id), Some(Def::Written(_))) {
                self.push(&format!(
                    "{text} {TEXT} PATH {path}, {document} JSON PATH {path}"
                ));
                continue;
            }
            self.name(name);
            let ty = match self.ir.column(*id).ty {
                Type::Json | Type::Jsonb => "JSON",
                ty => column(ty).unwrap_or(TEXT),
            };
            self.push(&format!(" {ty} PATH {path}"));
        }
        if let (true, Some((_, name))) = (*ordinality, columns.last()) {
            self.push(", ");
            self.name(name);
            self.push(" FOR ORDINALITY");
        }
        self.push(")) AS ");
        self.name(alias);
        Ok(())
    }
}

/// Objects as an array.
fn objects(name: &str, set: bool) -> String {
    if !set {
        let error = format!("[22023] cannot call {name} on what is no object");
        let one = of_kind("OBJECT", &error, "{0}");
        return format!("CONCAT('[', COALESCE({one}, 'null'), ']')");
    }
    let other = "EXISTS (SELECT 1 FROM JSON_TABLE({0}, '$[*]' COLUMNS (rql_j JSON PATH '$')) AS rql_e \
                 WHERE JSON_TYPE(rql_e.rql_j) <> 'OBJECT')";
    let error = format!("[22023] argument of {name} must be an array of objects");
    let all = unless(&error, other, "{0}");
    of_kind(
        "ARRAY",
        &format!("[22023] cannot call {name} on what is no array"),
        &all,
    )
}

/// A series of whole numbers as an array.
fn series(stepped: bool) -> String {
    let step = if stepped { "{2}" } else { "1" };
    let numbers = format!(
        "(SELECT CONCAT('[', GROUP_CONCAT({{0}} + (rql_e.rql_o - 1) * {step} ORDER BY rql_e.rql_o SEPARATOR ','), ']') FROM \
         JSON_TABLE(CONCAT('[', REPEAT('0,', ({{1}} - {{0}}) DIV {step}), '0]'), '$[*]' COLUMNS (rql_o FOR ORDINALITY)) AS rql_e)"
    );
    let before = format!("({{1}} - {{0}}) * SIGN({step}) >= 0");
    let found = format!("CASE WHEN {before} THEN {numbers} END");
    match stepped {
        true => unless("[22023] step size cannot equal zero", "{2} = 0", &found),
        false => found,
    }
}
