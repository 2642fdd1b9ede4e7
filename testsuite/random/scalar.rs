//! Expressions of a type.

use super::Generator;
use super::calls::{self, Arg, Call};
use super::piece::{Piece, Role};
use super::scope::{plain, sorts};
use super::values::{self, INTEGERS, TEXTS};
use rql_ir::function::Param;
use rql_ir::{Func, Type};

/// An expression, and what is known of its values.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) piece: Piece,
    pub(super) ty: Type,
    pub(super) bound: f64,
    pub(super) scale: u8,
    pub(super) open: bool,
}

/// Types that expressions are made of, the frequent ones often.
pub(super) const TYPES: &[Type] = &[
    Type::Boolean,
    Type::SmallInt,
    Type::Integer,
    Type::Integer,
    Type::Integer,
    Type::BigInt,
    Type::NUMERIC,
    Type::NUMERIC,
    Type::Double,
    Type::Text,
    Type::Text,
    Type::Text,
    Type::Date,
    Type::Date,
    Type::Timestamp,
    Type::Timestamp,
    Type::TimestampTz,
    Type::Time,
    Type::Interval,
    Type::Json,
    Type::Jsonb,
    Type::Uuid,
    Type::Blob,
    INTEGERS,
    TEXTS,
];

/// Those that not every query has.
pub(super) const RARE: &[Type] = &[
    Type::TimestampTz,
    Type::Time,
    Type::Interval,
    Type::Json,
    Type::Jsonb,
    Type::Uuid,
    Type::Blob,
    INTEGERS,
    TEXTS,
];

/// Types of which a parameter may be.
const BOUND: &[Type] = &[
    Type::Integer,
    Type::BigInt,
    Type::NUMERIC,
    Type::Text,
    Type::Date,
    Type::Timestamp,
];

/// The amount beyond which a type has no values.
pub(super) fn limit(ty: Type) -> f64 {
    match ty {
        Type::SmallInt => 32767.0,
        Type::Integer => 2_147_483_647.0,
        Type::BigInt => 9.2e18,
        Type::Decimal { .. } => 1e14,
        Type::Text => 300.0,
        _ => 1e15,
    }
}

impl Generator<'_> {
    pub(super) fn any_type(&mut self) -> Type {
        *self.rng.pick(&self.types)
    }

    /// A type whose values can be compared and sorted.
    pub(super) fn sorted_type(&mut self) -> Type {
        loop {
            let ty = self.any_type();
            if sorts(ty) {
                return ty;
            }
        }
    }

    pub(super) fn value(&self, ty: Type, text: impl Into<String>, parts: Vec<Expr>) -> Expr {
        let bound = parts.iter().map(|part| part.bound).fold(0.0, f64::max);
        let scale = parts
            .iter()
            .map(|part| part.scale)
            .max()
            .unwrap_or_default();
        let open = parts.iter().any(|part| part.open);
        let parts = parts.into_iter().map(|part| part.piece).collect();
        Expr {
            piece: Piece::form(Role::Value(ty), text, parts),
            ty,
            bound,
            scale,
            open,
        }
    }

    /// A column, an aggregate of a grouped block, or a literal.
    pub(super) fn atom(&mut self, ty: Type, exact: bool) -> Expr {
        if self.chance(80)
            && let Some(found) = self.column(ty, exact)
        {
            return found;
        }
        self.literal(ty)
    }

    pub(super) fn literal(&mut self, ty: Type) -> Expr {
        if self.chance(6) {
            return self.value(ty, format!("CAST(NULL AS {ty})"), vec![]);
        }
        let (text, bound) = values::literal(self.rng, ty);
        let scale = text
            .split_once('.')
            .map_or(0, |(_, digits)| digits.len().min(9) as u8);
        let mut literal = self.value(ty, text.clone(), vec![]);
        if ty == Type::Blob {
            // The same literal is a string of bits there.
            let bytes = text.trim_start_matches("X'").trim_end_matches('\'');
            literal.piece = literal.piece.asked(format!("'\\x{bytes}'::bytea"));
        }
        if BOUND.contains(&ty) && !self.alone && self.chance(2) {
            self.note("parameter");
            let name = format!("p{}", self.lets.len() + 1);
            self.lets.push(format!("LET {name} = {text}"));
            literal = self.value(ty, format!("CAST(:{name} AS {ty})"), vec![]);
            literal.piece = literal.piece.asked(format!("CAST({text} AS {ty})"));
        }
        (literal.bound, literal.scale) = (bound, scale);
        literal
    }

    pub(super) fn column(&mut self, ty: Type, exact: bool) -> Option<Expr> {
        let outer = self.outer && self.blocks.len() > 1 && self.chance(20);
        let block = match outer {
            true => {
                let depth = self.blocks.len() - 1;
                &self.blocks[self.rng.below(depth)]
            }
            false => self.blocks.last()?,
        };
        let fits: Vec<_> = block
            .sees
            .columns
            .iter()
            .filter(|c| c.ty == ty && !(exact && c.open))
            .cloned()
            .collect();
        if fits.is_empty() {
            return None;
        }
        if outer {
            self.note("correlated subquery");
        }
        let column = self.rng.pick(&fits).clone();
        let mut value = self.value(ty, column.name, vec![]);
        (value.bound, value.scale, value.open) = (column.bound, column.scale, column.open);
        Some(value)
    }

    /// An expression of a type; an `exact` one has no open digits.
    pub(super) fn expr(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        if depth == 0 {
            return self.atom(ty, exact);
        }
        let grouped = self
            .blocks
            .last()
            .is_some_and(|block| block.grouped.is_some());
        if grouped
            && self.chance(35)
            && let Some(found) = self.aggregate(ty, exact)
        {
            return found;
        }
        let found = match self.rng.below(20) {
            0..=5 => self.atom(ty, exact),
            9 => self.case(ty, depth, exact),
            10 => self.chosen(ty, depth, exact),
            6 | 7 => self.cast(ty, depth),
            8 if depth > 1 => self.scalar_subquery(ty, depth - 1, exact),
            11..=15 => self.call(ty, depth, exact),
            _ => self.own(ty, depth, exact),
        };
        if found.bound > limit(ty) && ty == Type::Text {
            return self.value(
                ty,
                "left(‹0›, 40)",
                vec![Expr {
                    bound: 40.0,
                    ..found
                }],
            );
        }
        found
    }

    /// A call of a function or operator of the registry.
    pub(super) fn call(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        let mut calls = self.calls(ty);
        calls.retain(|call| {
            let func = call.function.func;
            !(exact && calls::open_digits(func, ty))
                && (self.alone || calls::total(func))
                && !self.is_off(func)
                && call.signature.params.iter().all(|param| match param {
                    Param::Of(ty) => !RARE.contains(ty) || self.types.contains(ty),
                    _ => true,
                })
        });
        // A type with few functions has each of them no more often than others.
        if self.rng.below(12) >= calls.len() && !self.alone {
            return self.atom(ty, exact);
        }
        if calls.is_empty() {
            return self.atom(ty, exact);
        }
        let call = *self.rng.pick(&calls);
        self.called(&call, ty, depth)
    }

    /// The ways to call the function whose turn it is, with the types that they give.
    pub(super) fn of_turn(&mut self, turn: u64) -> Vec<(Type, Call<Func>)> {
        let all: Vec<Func> = super::called_functions().collect();
        let func = all[turn as usize % all.len()];
        if self.is_off(func) {
            return Vec::new();
        }
        let mut types = TYPES.to_vec();
        types.push(Type::Real);
        types.dedup();
        let mut found = Vec::new();
        for ty in types {
            let calls = self.calls(ty).into_iter();
            let calls = calls.filter(|call| call.function.func == func);
            found.extend(calls.map(|call| (ty, call)));
        }
        found
    }

    /// A call of that function.
    pub(super) fn called(&mut self, call: &Call<Func>, ty: Type, depth: usize) -> Expr {
        let func = call.function.func;
        let count = match call.signature.variadic {
            true => call.signature.params.len() + self.rng.below(3),
            false => call.signature.params.len(),
        };
        let args: Vec<Expr> = (0..count)
            .map(|at| self.argument(call, at, depth - 1))
            .collect();
        let bounds: Vec<f64> = args.iter().map(|arg| arg.bound).collect();
        let bound = calls::bound(func, ty, &bounds);
        let most: u32 = args.iter().map(|arg| u32::from(arg.scale)).sum();
        if most > 9 && ty == Type::NUMERIC || bound > limit(ty) && arithmetic(func) {
            return self.atom(ty, true);
        }
        self.used.insert(format!("{func:?}"));
        let name = *self.rng.pick(call.function.names);
        let holes: Vec<String> = (0..count).map(|at| format!("‹{at}›")).collect();
        let text = match (
            name.starts_with(|c: char| c.is_ascii_alphabetic()),
            holes.as_slice(),
        ) {
            (false, [a, b]) => format!("({a} {name} {b})"),
            (false, [a]) => format!("({name} {a})"),
            _ => format!("{name}({})", holes.join(", ")),
        };
        let value = self.value(ty, text, args);
        let open = value.open || calls::open_digits(func, ty);
        let scale = match func {
            Func::Mul => most.min(20) as u8,
            Func::Round | Func::Trunc => value.scale.max(4),
            _ => value.scale,
        };
        Expr {
            bound,
            scale,
            open,
            ..value
        }
    }

    pub(super) fn argument(&mut self, call: &Call<Func>, at: usize, depth: usize) -> Expr {
        let ty = match calls::wanted(call, at) {
            Some(ty) => ty,
            None => loop {
                let ty = self.any_type();
                // How a call shows a value without a cast, not what it is.
                if !matches!(ty, Type::Json | Type::Jsonb | Type::Blob) {
                    break ty;
                }
            },
        };
        let raw = match call.param(at) {
            Param::Of(ty) => ty,
            _ => ty,
        };
        let written = |generator: &Self, text: &str| {
            let mut value = generator.value(ty, text, vec![]);
            value.bound = text.parse().map_or(20.0, f64::abs);
            value
        };
        match calls::place(call.function.func, at, call.param(at), call.signature) {
            Arg::Any => {
                let value = self.expr(ty, depth, true);
                // A text without a type is none of any.
                let open = ty == Type::Text && !matches!(call.param(at), Param::Of(_));
                match (raw, value.is_written()) {
                    (Type::Real, _) => self.value(raw, "CAST(‹0› AS real)", vec![value]),
                    (_, true) if open => self.value(ty, "CAST(‹0› AS text)", vec![value]),
                    _ => value,
                }
            }
            Arg::Among(texts) => {
                let text = format!("'{}'", self.rng.pick(texts));
                written(self, &text)
            }
            Arg::Written(texts) => {
                let text = *self.rng.pick(texts);
                written(self, text)
            }
            Arg::Whole(low, high) => self.integer(low, high),
            Arg::Within(most) => match self.expr(ty, depth, true) {
                value if value.bound <= most => value,
                _ => written(self, "2"),
            },
            Arg::Positive => match self.column(ty, true) {
                Some(value) if value.bound < 1e12 => self.value(ty, "(abs(‹0›) + 1)", vec![value]),
                _ => written(self, "2.5"),
            },
        }
    }

    /// A whole number between two.
    pub(super) fn integer(&mut self, low: i32, high: i32) -> Expr {
        let bound = f64::from(low.abs().max(high.abs()));
        let column = match self.chance(40) {
            true => self.column(Type::Integer, true),
            false => None,
        };
        let value = match column {
            Some(column) => {
                let span = high - low + 1;
                self.value(
                    Type::Integer,
                    format!("(abs(‹0› % {span}) + {low})"),
                    vec![column],
                )
            }
            None => {
                let number = low + self.rng.below((high - low + 1) as usize) as i32;
                self.value(Type::Integer, number.to_string(), vec![])
            }
        };
        Expr {
            bound,
            scale: 0,
            ..value
        }
    }
}

impl Expr {
    /// True for a text between quotes.
    fn is_written(&self) -> bool {
        matches!(&self.piece, Piece::Form { rql, .. } if rql.starts_with('\''))
    }

    /// With these pieces in the holes.
    pub(super) fn holding(mut self, pieces: Vec<Piece>) -> Self {
        if let Piece::Form { parts, .. } = &mut self.piece {
            *parts = pieces;
        }
        self
    }

    /// What is known of one of two values.
    pub(super) fn of(mut self, ty: Type, a: &Self, b: &Self) -> Self {
        self.ty = ty;
        self.bound = a.bound.max(b.bound);
        self.scale = a.scale.max(b.scale);
        self.open = a.open || b.open;
        self
    }

    /// An operand of arithmetic as a value of the type.
    pub(super) fn of_type(self, ty: Type, generator: &Generator<'_>) -> Self {
        match plain(self.ty) == ty {
            true => self,
            false => generator.value(ty, format!("CAST(‹0› AS {ty})"), vec![self]),
        }
    }
}

fn arithmetic(func: Func) -> bool {
    matches!(
        func,
        Func::Add
            | Func::Sub
            | Func::Mul
            | Func::Neg
            | Func::Abs
            | Func::Plus
            | Func::Round
            | Func::Trunc
    )
}
