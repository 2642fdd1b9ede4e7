//! JSONB where there is none: a document is kept there as PostgreSQL would print it. Written ones are brought into
//! that form, parts of such a document and documents made of such parts have it, and others are refused; so are
//! comparisons, as 1 and 1.0 are one number in two forms.

use super::placed::constant;
use super::{Emitter, Res};
use crate::{Dialect, Jsonb};
use rql_ast::Span;
use rql_ir::{Agg, ColumnId, Func, Literal, RelId, RelKind, ScalarId, ScalarKind, Type};
use std::collections::BTreeMap;

/// What becomes of the place that a path leads to.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Another value, and one where there is none if the flag is set.
    Set(bool),
    /// None.
    Delete,
    /// A value more, behind the place if the flag is set.
    Insert(bool),
}

impl Emitter<'_> {
    /// The type that holds the values of a type.
    pub(super) fn held(&self, ty: Type) -> Type {
        match ty {
            Type::Jsonb if !self.dialect.traits().jsonb => Type::Json,
            ty => ty,
        }
    }

    /// A written document as PostgreSQL prints it.
    pub(super) fn normal(&self, text: &str, span: Span) -> Res<String> {
        let document = Jsonb::read(text).map_err(|_| self.refuse(span, "such a document"))?;
        Ok(document.to_string())
    }

    /// Refuses a text that is no document: DuckDB takes a comma too many.
    pub(super) fn only_document(&self, text: &str, span: Span) -> Res {
        let read = serde_json::from_str::<&serde_json::value::RawValue>(text);
        read.map(|_| ())
            .map_err(|_| self.refuse(span, "such a document"))
    }

    /// The steps of a path that is written out.
    pub(super) fn written_path(&self, path: ScalarId) -> Option<Vec<String>> {
        let ScalarKind::Array(steps) = &self.ir.scalar(path).kind else {
            return None;
        };
        let steps = steps.iter().map(|&step| self.written_text(step));
        steps.map(|step| step.map(str::to_owned)).collect()
    }

    /// A document that is written, perhaps with its type.
    pub(super) fn written_document(&self, id: ScalarId) -> Option<Jsonb> {
        match self.ir.scalar(id).kind {
            ScalarKind::Cast { operand, .. } => self.written_document(operand),
            _ => Jsonb::read(self.written_text(id)?).ok(),
        }
    }

    /// A written truth value.
    fn written_boolean(&self, id: ScalarId) -> Option<bool> {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Boolean(value)) => Some(value),
            _ => None,
        }
    }

    /// What a function does at the place that its path leads to.
    pub(super) fn change_of(&self, func: Func, flag: Option<ScalarId>) -> Option<Change> {
        let flag = match flag {
            None => func == Func::JsonbSet,
            Some(flag) => self.written_boolean(flag)?,
        };
        Some(match func {
            Func::JsonbMinusPath => Change::Delete,
            Func::JsonbSet => Change::Set(flag),
            _ => Change::Insert(flag),
        })
    }

    /// The parts of which a document is made in its form: names by their length, each once.
    pub(super) fn normal_parts(
        &self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
    ) -> Res<Vec<ScalarId>> {
        let object = func == Func::JsonbBuildObject;
        let mut members = BTreeMap::new();
        for pair in args.chunks(2).filter(|_| object) {
            let &[name, value] = pair else {
                return Err(self.refuse(self.ir.scalar(id).span, func.name()));
            };
            let Some(text) = self.written_text(name) else {
                return Err(self.refuse(self.ir.scalar(name).span, "a name that is not written"));
            };
            members.insert((text.len(), text), [name, value]);
        }
        let args = if object {
            members.into_values().flatten().collect()
        } else {
            args.to_vec()
        };
        args.iter().try_for_each(|&arg| self.only_normal(arg))?;
        Ok(args)
    }

    /// True for documents that compare by a text of ours.
    pub(super) fn is_keyed_document(&self, ty: Type) -> bool {
        ty == Type::Jsonb && !self.dialect.traits().jsonb && self.dialect != Dialect::Sqlite
    }

    /// The text that equal documents share, of a document's text.
    fn key_of(&self, text: &str) -> String {
        match self.dialect {
            Dialect::Duckdb => super::duckdb::document_key(&format!("CAST({text} AS text)")),
            _ => super::mysql::document_key(text),
        }
    }

    /// Writes it.
    pub(super) fn document_key(&mut self, id: ScalarId) -> Res {
        let text = match self.written_document(id) {
            Some(document) => constant(&document.trimmed().to_string()),
            None => self.key_of("{0}"),
        };
        self.placed(&text, &[id])
    }

    /// `=` and its kin.
    pub(super) fn same_documents(&mut self, func: Func, args: &[ScalarId]) -> Res {
        match self.dialect {
            Dialect::Duckdb => self.duckdb_same(func, args),
            _ => self.mysql_same(func, args),
        }
    }

    /// `x IN (a, b)`.
    pub(super) fn document_in(
        &mut self,
        operand: ScalarId,
        negated: bool,
        items: &[ScalarId],
    ) -> Res {
        self.push(if negated { "(NOT (" } else { "(" });
        for (at, &item) in items.iter().enumerate() {
            self.push(if at == 0 { "" } else { " OR " });
            self.same_documents(Func::Eq, &[operand, item])?;
        }
        self.push(if negated { "))" } else { ")" });
        Ok(())
    }

    /// `x IN (SELECT …)`; the query is one in FROM, that its column has a name.
    pub(super) fn document_in_query(
        &mut self,
        operand: ScalarId,
        negated: bool,
        query: RelId,
    ) -> Res {
        if !rql_ir::rewrite::is_closed(self.ir, query) {
            let span = self.ir.scalar(operand).span;
            return Err(self.refuse(span, "jsonb in a query that depends on the row"));
        }
        self.document_key(operand)?;
        let key = self.key_of("rql_d.rql_c");
        let word = if negated { "NOT IN" } else { "IN" };
        self.push(&format!(" {word} (SELECT {key} FROM ("));
        self.query(query, &["rql_c".to_owned()], super::Use::Named)?;
        self.push(") AS rql_d)");
        Ok(())
    }

    /// `nullif(a, b)`.
    pub(super) fn document_unless(&mut self, args: &[ScalarId]) -> Res {
        let (a, b) = (self.key_of("{0}"), self.key_of("{1}"));
        self.placed(
            &format!("CASE WHEN {a} = {b} THEN NULL ELSE {{0}} END"),
            args,
        )
    }

    /// A value that stands in a document as it would in JSONB.
    pub(super) fn only_normal(&self, part: ScalarId) -> Res {
        let scalar = self.ir.scalar(part);
        let normal = match scalar.ty {
            ty if ty.is_text() || ty.is_integer() || ty.is_decimal() => true,
            ty => matches!(ty, Type::Boolean | Type::Date | Type::Jsonb | Type::Unknown),
        };
        match normal {
            true => Ok(()),
            false => Err(self.refuse(scalar.span, &format!("{} in jsonb", scalar.ty))),
        }
    }

    /// Refuses what would need more than the form of a document.
    pub(super) fn only_kept_documents(&self) -> Res {
        if self.dialect.traits().jsonb {
            return Ok(());
        }
        let (Some(root), mut found) = (self.ir.root, Ok(())) else {
            return Ok(());
        };
        self.ir.each_below(root, &mut |rel| {
            if found.is_ok() {
                found = self.only_kept_in(rel);
            }
        });
        found
    }

    fn only_kept_in(&self, rel: RelId) -> Res {
        let ir = self.ir;
        let is = |id: &ScalarId| ir.scalar(*id).ty == Type::Jsonb;
        let of = |column: &ColumnId| ir.column(*column).ty == Type::Jsonb;
        let node = ir.rel(rel);
        let compared = match &node.kind {
            RelKind::Aggregate {
                groups,
                sets: Some(_),
                ..
            } => groups.iter().any(|group| is(&group.1)),
            RelKind::Distinct { .. } | RelKind::SetOp { all: false, .. } => {
                ir.columns_of(rel).iter().any(of)
            }
            RelKind::DistinctOn { keys, .. } => keys.iter().any(is),
            RelKind::Sort { keys, .. } => keys.iter().any(|key| is(&key.scalar)),
            RelKind::Join { merged, .. } => merged.iter().any(|merged| of(&merged.column)),
            RelKind::SetOp { op, .. } => {
                *op != rql_ir::SetOp::Union && ir.columns_of(rel).iter().any(of)
            }
            _ => false,
        };
        if compared {
            return Err(self.refuse(node.span, "jsonb compared"));
        }
        let mut found = Ok(());
        ir.each_scalar(rel, &mut |scalar| {
            ir.walk_ids(scalar, &mut |id| {
                if found.is_ok() {
                    found = self.only_kept(id);
                }
            });
        });
        found
    }

    fn only_kept(&self, id: ScalarId) -> Res {
        use Func as F;
        let ir = self.ir;
        let scalar = ir.scalar(id);
        let mut documents = false;
        scalar
            .kind
            .each_operand(&mut |operand| documents |= ir.scalar(operand).ty == Type::Jsonb);
        let kept = match &scalar.kind {
            _ if scalar.ty == Type::Jsonb.array() => false,
            ScalarKind::InList { .. } | ScalarKind::InQuery { .. } => true,
            ScalarKind::Aggregate {
                func: Agg::JsonbAgg,
                args,
                distinct: false,
                ..
            } => {
                args.iter().try_for_each(|&arg| self.only_normal(arg))?;
                true
            }
            ScalarKind::Param(_) | ScalarKind::BackendCall { .. } => {
                !documents && scalar.ty != Type::Jsonb
            }
            ScalarKind::Cast { operand, .. } | ScalarKind::Assigned(operand) => {
                let null = matches!(ir.scalar(*operand).kind, ScalarKind::Literal(Literal::Null));
                match scalar.ty {
                    Type::Jsonb => documents || null,
                    ty if ty.is_number() || ty == Type::Boolean => true,
                    ty => !documents || ty.is_text() || ty == Type::Json,
                }
            }
            _ if !documents => true,
            ScalarKind::Call { func, .. } => {
                matches!(
                    func,
                    F::JsonGet
                        | F::JsonGetText
                        | F::JsonPath
                        | F::JsonPathText
                        | F::JsonbTypeof
                        | F::JsonbArrayLength
                        | F::JsonbBuildArray
                        | F::JsonbBuildObject
                        | F::ToJsonb
                        | F::Coalesce
                        | F::Nullif
                        | F::IsNull
                        | F::IsNotNull
                        | F::JsonbHas
                        | F::JsonbHasAny
                        | F::JsonbHasAll
                        | F::JsonbContains
                        | F::JsonbContained
                        | F::JsonbConcat
                        | F::JsonbMinus
                        | F::JsonbMinusAll
                        | F::JsonbMinusPath
                        | F::JsonbSet
                        | F::JsonbInsert
                ) || matches!(func, F::Eq | F::Ne | F::IsDistinct | F::IsNotDistinct)
            }
            ScalarKind::Aggregate {
                func: Agg::Count | Agg::AnyValue,
                args,
                ..
            } => args.len() == 1,
            ScalarKind::Case { .. } => true,
            _ => false,
        };
        match &scalar.kind {
            _ if kept => Ok(()),
            ScalarKind::Call { func, .. } => Err(self.refuse(scalar.span, func.name())),
            _ => Err(self.refuse(scalar.span, "jsonb")),
        }
    }
}
