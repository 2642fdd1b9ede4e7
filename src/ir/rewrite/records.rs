//! `json_to_record` and its kin on targets that are told no columns.
//!
//! The function gives the objects as they are, and a projection around it takes the members out of each: what `->>`
//! gives, as the type that is told.

use crate::*;
use rql_ast::Span;

/// The members that the statement tells, by a conversion of each.
pub(super) fn members(ir: &mut Ir, rel: RelId) -> bool {
    let Rel {
        kind:
            RelKind::TableFunction {
                func: TableFunc::JsonRecord { set, binary },
                args,
                alias,
                columns,
                ordinality: false,
            },
        span,
    } = ir.rel(rel).clone()
    else {
        return false;
    };
    if !columns.iter().all(|(id, _)| is_read(ir.column(*id).ty)) {
        return false;
    }
    let document = if binary { Type::Jsonb } else { Type::Json };
    let object = ir.add_column("value", document, true);
    let objects = RelKind::TableFunction {
        func: TableFunc::JsonObjects { set, binary },
        args,
        alias: alias.clone(),
        columns: vec![(object, "value".into())],
        ordinality: false,
    };
    let input = ir.add_rel(objects, span);
    let items = columns.iter().map(|(id, name)| {
        let ty = ir.column(*id).ty;
        (*id, member(ir, object, name, ty, span))
    });
    let items = items.collect();
    let input = ir.add_rel(RelKind::project(input, items), span);
    ir.rels[rel.index()].kind = RelKind::Derived {
        input,
        alias,
        columns,
    };
    true
}

/// True for a type that reads the text of a member as CAST does: a text that is too long is an error here, where CAST
/// cuts it, and an array is written otherwise.
const fn is_read(ty: Type) -> bool {
    !matches!(
        ty,
        Type::Varchar(_) | Type::Char(_) | Type::Array(_) | Type::Record | Type::Unknown
    )
}

/// A member of an object as a value of a type; `null` is NULL.
fn member(ir: &mut Ir, object: ColumnId, name: &str, ty: Type, span: Span) -> ScalarId {
    let binary = ir.column(object).ty == Type::Jsonb;
    let mut add = |kind, ty| {
        ir.add_scalar(Scalar {
            kind,
            ty,
            nullable: true,
            span,
        })
    };
    let document = if binary { Type::Jsonb } else { Type::Json };
    let object = add(ScalarKind::Column(object), document);
    let name = add(ScalarKind::Literal(Literal::Text(name.into())), Type::Text);
    let args = vec![object, name];
    let (func, given) = match ty.is_document() {
        true => (Func::JsonGet, document),
        false => (Func::JsonGetText, Type::Text),
    };
    let mut value = add(ScalarKind::Call { func, args }, given);
    if ty.is_document() {
        let func = if binary {
            Func::JsonbTypeof
        } else {
            Func::JsonTypeof
        };
        let args = vec![value];
        let kind = add(ScalarKind::Call { func, args }, Type::Text);
        let null = add(
            ScalarKind::Literal(Literal::Text("null".into())),
            Type::Text,
        );
        let func = Func::Ne;
        let args = vec![kind, null];
        let is_value = add(ScalarKind::Call { func, args }, Type::Boolean);
        let case = ScalarKind::Case {
            branches: vec![(is_value, value)],
            otherwise: None,
        };
        value = add(case, given);
    }
    if given == ty {
        return value;
    }
    let cast = ScalarKind::Cast {
        operand: value,
        implicit: false,
        fallible: false,
    };
    add(cast, ty)
}
