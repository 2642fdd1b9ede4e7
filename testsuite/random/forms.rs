//! What a type has besides calls: CASE and its kin, conversions, operators with a syntax of their own.

use super::Generator;
use super::piece::{Piece, Role};
use super::scalar::{Expr, limit};
use super::scope::sorts;
use super::values::{INTEGERS, TEXTS};
use rql_ir::Type;

impl Generator<'_> {
    /// What the type has besides calls.
    pub(super) fn own(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        match ty {
            Type::Boolean => self.condition(depth),
            Type::SmallInt | Type::Integer | Type::BigInt | Type::Double => {
                self.arithmetic(ty, depth, exact)
            }
            Type::Decimal { .. } => match self.rng.below(4) {
                0 => self.extract(depth),
                _ => self.arithmetic(ty, depth, exact),
            },
            Type::Text => self.text(depth),
            INTEGERS | TEXTS => self.array(ty, depth),
            _ => self.call(ty, depth, exact),
        }
    }

    pub(super) fn case(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        self.note("CASE");
        let then = self.expr(ty, depth - 1, exact);
        let other = self.expr(ty, depth - 1, exact);
        let when = match self.chance(60) {
            true => self.condition(depth - 1),
            false => {
                let ty = self.sorted_type();
                let (a, b) = (self.expr(ty, depth - 1, true), self.atom(ty, true));
                let value = self.value(
                    Type::Unknown,
                    "CASE ‹0› WHEN ‹1› THEN ‹2› ELSE ‹3› END",
                    vec![a, b, then.clone(), other.clone()],
                );
                return Expr {
                    ty,
                    piece: retyped(value.piece, then.ty),
                    ..value
                }
                .of(then.ty, &then, &other);
            }
        };
        let text = match self.chance(75) {
            true => "CASE WHEN ‹0› THEN ‹1› ELSE ‹2› END",
            false => "CASE WHEN ‹0› THEN ‹1› END",
        };
        let value = self.value(ty, text, vec![when, then.clone(), other.clone()]);
        value.of(ty, &then, &other)
    }

    /// COALESCE and its kin.
    pub(super) fn chosen(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        let pick = match sorts(ty) {
            true => self.rng.below(4),
            false => 0,
        };
        let (name, exact) = match pick {
            0 => ("coalesce", exact),
            1 => ("nullif", true),
            2 => ("greatest", true),
            _ => ("least", true),
        };
        self.note(name);
        let (a, b) = (
            self.expr(ty, depth - 1, exact),
            self.expr(ty, depth - 1, exact),
        );
        self.value(ty, format!("{name}(‹0›, ‹1›)"), vec![a, b])
    }

    pub(super) fn cast(&mut self, ty: Type, depth: usize) -> Expr {
        use Type as T;
        let from: &[Type] = match ty {
            T::Integer => &[T::SmallInt, T::Boolean, T::NUMERIC, T::Double],
            T::BigInt => &[T::Integer, T::SmallInt, T::NUMERIC],
            T::Decimal { .. } => &[T::Integer, T::BigInt, T::NUMERIC, T::SmallInt],
            T::Double => &[T::Integer, T::SmallInt, T::NUMERIC],
            T::Text => &[
                T::Integer,
                T::Boolean,
                T::Date,
                T::Timestamp,
                T::NUMERIC,
                T::Double,
                T::Time,
                T::Interval,
                INTEGERS,
            ],
            T::Date => &[T::Timestamp],
            T::Timestamp => &[T::Date, T::TimestampTz],
            T::TimestampTz => &[T::Timestamp, T::Date],
            T::Time => &[T::Timestamp],
            T::Boolean => &[T::Integer],
            INTEGERS => &[TEXTS],
            _ => return self.atom(ty, true),
        };
        let from = *self.rng.pick(from);
        if (ty, from) == (INTEGERS, TEXTS) {
            return self.atom(ty, true);
        }
        let inner = self.expr(from, depth - 1, true);
        if inner.bound > limit(ty) && ty.is_number() {
            return self.atom(ty, true);
        }
        self.note("CAST");
        let name = match ty {
            T::Decimal { .. } if inner.bound < 1e8 && self.chance(70) => "numeric(12,2)".to_owned(),
            T::Text if self.chance(15) => "varchar(3)".to_owned(),
            _ => ty.to_string(),
        };
        let text = match self.chance(80) {
            true => format!("CAST(‹0› AS {name})"),
            false => format!("(‹0›)::{name}"),
        };
        let bound = if ty.is_number() {
            inner.bound + 1.0
        } else {
            60.0
        };
        let scale = if name == "numeric(12,2)" {
            2
        } else {
            inner.scale
        };
        let value = self.value(ty, text, vec![inner]);
        Expr {
            bound,
            scale,
            ..value
        }
    }

    pub(super) fn arithmetic(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        let other = match (ty, self.rng.below(3)) {
            (Type::Integer | Type::BigInt, 0) => Type::SmallInt,
            (Type::BigInt, 1) => Type::Integer,
            (Type::Decimal { .. }, 0) => Type::Integer,
            (Type::Decimal { .. }, 1) => Type::BigInt,
            _ => ty,
        };
        let (a, b) = (
            self.expr(ty, depth - 1, true),
            self.expr(other, depth - 1, true),
        );
        let (a, b) = if self.chance(50) { (a, b) } else { (b, a) };
        let (op, bound, scale) = match self.rng.below(6) {
            0 | 1 => ("+", a.bound + b.bound, a.scale.max(b.scale)),
            2 => ("-", a.bound + b.bound, a.scale.max(b.scale)),
            3 => ("*", a.bound * b.bound, a.scale + b.scale),
            4 if !(exact && ty.is_decimal()) => ("/", a.bound * 1e3, a.scale),
            5 if ty != Type::Double => ("%", a.bound.max(b.bound), a.scale.max(b.scale)),
            _ => return a.of_type(ty, self),
        };
        if bound > limit(ty) || scale > 9 {
            return self.atom(ty, exact);
        }
        self.note(op);
        let divides = matches!(op, "/" | "%");
        let text = match divides {
            true => format!("(‹0› {op} nullif(‹1›, 0))"),
            false => format!("(‹0› {op} ‹1›)"),
        };
        let value = self.value(ty, text, vec![a, b]);
        let open = op == "/" && ty.is_decimal();
        // A divisor may be as small as its last digit.
        Expr {
            bound: if op == "/" && ty.is_integer() {
                bound / 1e3
            } else {
                bound
            },
            scale,
            open,
            ..value
        }
    }

    pub(super) fn extract(&mut self, depth: usize) -> Expr {
        self.note("EXTRACT");
        let (ty, fields): (Type, &[&str]) = match self.rng.below(4) {
            0 => (
                Type::Date,
                &[
                    "YEAR", "MONTH", "DAY", "QUARTER", "WEEK", "DOW", "ISODOW", "DOY", "ISOYEAR",
                    "EPOCH",
                ],
            ),
            1 => (
                Type::Interval,
                &["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "EPOCH"],
            ),
            2 => (Type::Time, &["HOUR", "MINUTE", "SECOND", "MICROSECONDS"]),
            _ => (
                Type::Timestamp,
                &[
                    "YEAR",
                    "DAY",
                    "HOUR",
                    "MINUTE",
                    "SECOND",
                    "EPOCH",
                    "MILLISECONDS",
                    "CENTURY",
                    "DECADE",
                ],
            ),
        };
        let field = *self.rng.pick(fields);
        let inner = self.expr(ty, depth - 1, true);
        let value = self.value(
            Type::NUMERIC,
            format!("EXTRACT({field} FROM ‹0›)"),
            vec![inner],
        );
        Expr {
            bound: 1e11,
            scale: 6,
            ..value
        }
    }

    pub(super) fn text(&mut self, depth: usize) -> Expr {
        let a = self.expr(Type::Text, depth - 1, true);
        let (name, text, parts): (&str, &str, Vec<Expr>) = match self.rng.below(6) {
            0 => {
                let (from, count) = (self.integer(-1, 5), self.integer(0, 4));
                (
                    "SUBSTRING FROM FOR",
                    "SUBSTRING(‹0› FROM ‹1› FOR ‹2›)",
                    vec![a, from, count],
                )
            }
            1 => ("TRIM", "TRIM(BOTH 'a ' FROM ‹0›)", vec![a]),
            2 => {
                let (b, from, count) = (
                    self.atom(Type::Text, true),
                    self.integer(1, 4),
                    self.integer(0, 3),
                );
                (
                    "OVERLAY",
                    "OVERLAY(‹0› PLACING ‹1› FROM ‹2› FOR ‹3›)",
                    vec![a, b, from, count],
                )
            }
            3 => {
                let ty = self.any_type();
                match ty {
                    Type::Integer | Type::Date | Type::Boolean | Type::Timestamp | Type::BigInt => {
                        let b = self.expr(ty, depth - 1, true);
                        (
                            "|| of another type",
                            "(‹0› || ‹1›)",
                            vec![a, Expr { bound: 30.0, ..b }],
                        )
                    }
                    _ => ("||", "(‹0› || '-')", vec![a]),
                }
            }
            _ => {
                let b = self.expr(Type::Text, depth - 1, true);
                ("||", "(‹0› || ‹1›)", vec![a, b])
            }
        };
        self.note(name);
        let bound = parts.iter().map(|part| part.bound + 1.0).sum();
        let value = self.value(Type::Text, text, parts);
        Expr {
            bound,
            scale: 0,
            ..value
        }
    }

    pub(super) fn array(&mut self, ty: Type, depth: usize) -> Expr {
        let element = if ty == INTEGERS {
            Type::Integer
        } else {
            Type::Text
        };
        match self.rng.below(4) {
            0 => {
                self.note("array slice");
                let (a, low, high) = (
                    self.expr(ty, depth - 1, true),
                    self.integer(0, 2),
                    self.integer(1, 3),
                );
                self.value(ty, "(‹0›)[‹1›:‹2›]", vec![a, low, high])
            }
            1 => {
                self.note("|| of arrays");
                let (a, b) = (self.expr(ty, depth - 1, true), self.atom(element, true));
                // A text alone would be read as an array.
                self.value(ty, format!("(‹0› || CAST(‹1› AS {element}))"), vec![a, b])
            }
            _ => {
                self.note("ARRAY[]");
                let (a, b) = (
                    self.expr(element, depth - 1, true),
                    self.atom(element, true),
                );
                self.value(ty, "ARRAY[‹0›, ‹1›]", vec![a, b])
            }
        }
    }
}

fn retyped(piece: Piece, ty: Type) -> Piece {
    match piece {
        Piece::Form {
            rql,
            reference,
            parts,
            ..
        } => Piece::Form {
            role: Role::Value(ty),
            rql,
            reference,
            parts,
        },
        list @ Piece::List(..) => list,
    }
}
