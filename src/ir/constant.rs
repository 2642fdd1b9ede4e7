//! Expressions in which neither a row nor a clock has a say: what is computed before a text is written.

use crate::lower::read_literal;
use crate::{
    ArrayText, Effect, Func, Ir, Literal, RelId, RelKind, Scalar, ScalarId, ScalarKind, Type,
    read_array,
};
use rql_ast::Span;

/// The most digits that a decimal has on every database.
const MOST_DIGITS: u8 = 38;

impl Ir {
    /// The largest constant expressions of a statement that are more than a literal, but for those that order or
    /// group rows: there a number would be a place of the list.
    #[must_use]
    pub fn constants(&self) -> Vec<ScalarId> {
        let mut found = Vec::new();
        let Some(root) = self.root else {
            return found;
        };
        self.each_below(root, &mut |rel| {
            let keys = self.keys_of(rel);
            self.each_scalar(rel, &mut |id| match keys.contains(&id) {
                true => {}
                false => self.constants_in(id, &mut found),
            });
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    fn keys_of(&self, rel: RelId) -> Vec<ScalarId> {
        match &self.rel(rel).kind {
            RelKind::Sort { keys, .. } => keys.iter().map(|key| key.scalar).collect(),
            RelKind::DistinctOn { keys, .. } => keys.clone(),
            RelKind::Aggregate { groups, .. } => groups.iter().map(|group| group.1).collect(),
            _ => Vec::new(),
        }
    }

    /// The same within an expression.
    pub fn constants_in(&self, id: ScalarId, found: &mut Vec<ScalarId>) {
        let kind = &self.scalar(id).kind;
        if matches!(kind, ScalarKind::Literal(_)) {
            return;
        }
        match self.is_constant(id) {
            true => found.push(id),
            false => kind.each_operand(&mut |operand| self.constants_in(operand, found)),
        }
    }

    /// True for a constant that PostgreSQL computes while it plans: of no function whose volatility is STABLE in `pg_proc`,
    /// nor a conversion that a setting has a say in.
    #[must_use]
    pub fn is_immutable(&self, id: ScalarId) -> bool {
        let mut stable = false;
        self.walk(id, &mut |scalar| stable |= self.is_stable(scalar));
        !stable && (matches!(self.scalar(id).kind, ScalarKind::Literal(_)) || self.is_constant(id))
    }

    fn is_stable(&self, scalar: &Scalar) -> bool {
        let zoned = |id: &ScalarId| self.scalar(*id).ty == Type::TimestampTz;
        match &scalar.kind {
            ScalarKind::Call { func, args } => match func {
                Func::Concat => !args.iter().all(|&arg| self.scalar(arg).ty.is_text()),
                Func::ConcatAll
                | Func::ConcatWs
                | Func::Format
                | Func::ArrayToString
                | Func::ArrayToJson
                | Func::ToJson
                | Func::ToJsonb
                | Func::JsonBuildArray
                | Func::JsonBuildObject
                | Func::JsonbBuildArray
                | Func::JsonbBuildObject
                | Func::QuoteLiteral
                | Func::QuoteNullable
                | Func::ToChar
                | Func::ToDate
                | Func::ToNumber
                | Func::ToTimestampForm => true,
                _ => scalar.ty == Type::TimestampTz || args.iter().any(zoned),
            },
            ScalarKind::Cast { operand, .. } => {
                let (from, to) = (self.scalar(*operand).ty, scalar.ty);
                let told = |ty: Type| ty.is_moment() || matches!(ty, Type::Time | Type::Array(_));
                let literal = matches!(self.scalar(*operand).kind, ScalarKind::Literal(_));
                from == Type::TimestampTz
                    || to == Type::TimestampTz
                    || !literal && (told(from) && to.is_text() || from.is_text() && told(to))
            }
            _ => false,
        }
    }

    fn is_constant(&self, id: ScalarId) -> bool {
        let scalar = self.scalar(id);
        let own = match &scalar.kind {
            ScalarKind::Call { func, .. } => !asks_session(*func),
            ScalarKind::Literal(_)
            | ScalarKind::Cast { .. }
            | ScalarKind::Case { .. }
            | ScalarKind::InList { .. }
            | ScalarKind::OfArray { .. }
            | ScalarKind::Array(_) => true,
            _ => false,
        };
        let mut constant = own && self.of_scalar(scalar) == Effect::Same;
        scalar
            .kind
            .each_operand(&mut |operand| constant = constant && self.is_constant(operand));
        constant
    }

    /// The query of one row that gives an expression, or its text.
    #[must_use]
    pub fn alone(&self, id: ScalarId, as_text: bool) -> Self {
        let mut ir = Self::default();
        let mut scalar = self.copied(id, &mut ir);
        let Scalar { ty, span, .. } = *self.scalar(id);
        let mut shown = ty;
        if as_text && !ty.is_text() {
            shown = Type::Text;
            scalar = ir.add_scalar(Scalar {
                kind: ScalarKind::Cast {
                    operand: scalar,
                    implicit: false,
                    fallible: false,
                },
                ty: shown,
                nullable: true,
                span,
            });
        }
        let column = ir.add_column("value", shown, true);
        let input = ir.add_rel(RelKind::OneRow, span);
        let items = vec![(column, scalar)];
        ir.root = Some(ir.add_rel(
            RelKind::Project {
                input,
                items,
                visible: 1,
            },
            span,
        ));
        ir.output = vec![(column, "value".to_owned())];
        ir
    }

    fn copied(&self, id: ScalarId, into: &mut Self) -> ScalarId {
        let mut scalar = self.scalar(id).clone();
        scalar
            .kind
            .map_operands(&mut |operand| self.copied(operand, into));
        into.add_scalar(scalar)
    }

    /// Puts a value in the place of an expression, by its text as PostgreSQL writes it; false where it is none that
    /// can be written.
    pub fn put(&mut self, id: ScalarId, text: Option<&str>) -> bool {
        let Scalar { ty, span, .. } = *self.scalar(id);
        let Some(mut value) = self.value(text, ty, span) else {
            return false;
        };
        // The digits of a decimal are its own, but its column has as many as any; a NULL says that it is a text.
        let null = text.is_none() && ty.is_text();
        if value.ty != ty || null {
            let nullable = value.nullable;
            let kind = ScalarKind::Cast {
                operand: self.add_scalar(value),
                implicit: !null,
                fallible: false,
            };
            value = Scalar {
                kind,
                ty,
                nullable,
                span,
            };
        }
        self.scalars[id.index()] = value;
        true
    }

    fn value(&mut self, text: Option<&str>, ty: Type, span: Span) -> Option<Scalar> {
        let read = text.map(|text| (text, read_array(text)));
        match (read, ty) {
            (Some((_, read)), Type::Array(_)) => self.array_value(&read?, ty, span),
            (Some((text, _)), _) => value_of(Some(text), ty, span),
            (None, _) => value_of(None, ty, span),
        }
    }

    fn array_value(&mut self, read: &ArrayText, ty: Type, span: Span) -> Option<Scalar> {
        let Type::Array(element) = ty else {
            return None;
        };
        match read {
            ArrayText::Null => value_of(None, *element, span),
            ArrayText::Leaf(text) => value_of(Some(text), *element, span),
            ArrayText::List(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    let item = self.array_value(item, ty, span)?;
                    all.push(self.add_scalar(item));
                }
                let (kind, nullable) = (ScalarKind::Array(all), false);
                Some(Scalar {
                    kind,
                    ty,
                    nullable,
                    span,
                })
            }
        }
    }
}

fn value_of(text: Option<&str>, ty: Type, span: Span) -> Option<Scalar> {
    let (literal, own) = match text {
        None => (Literal::Null, ty),
        // A text as it is: its blanks are its own.
        Some(text) if ty.is_text() => (Literal::Text(text.to_owned()), ty),
        Some(text) => read_literal(text, ty)?,
    };
    let kept = match (ty, own) {
        (
            Type::Decimal {
                scale: Some(scale), ..
            },
            Type::Decimal { scale: given, .. },
        ) => given == Some(scale),
        (Type::Decimal { .. }, Type::Decimal { precision, .. }) => precision <= Some(MOST_DIGITS),
        _ => true,
    };
    let nullable = matches!(literal, Literal::Null);
    kept.then_some(Scalar {
        kind: ScalarKind::Literal(literal),
        ty: if ty.is_decimal() && ty.scale().is_none() {
            own
        } else {
            ty
        },
        nullable,
        span,
    })
}

/// True for a function whose answer is the connection's.
fn asks_session(func: Func) -> bool {
    matches!(
        func,
        Func::Version
            | Func::CurrentUser
            | Func::SessionUser
            | Func::CurrentDatabase
            | Func::CurrentSchema
            | Func::Nextval
            | Func::Setval
    )
}
