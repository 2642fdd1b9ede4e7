//! Predicates, and queries inside expressions.

use super::Generator;
use super::scalar::Expr;
use rql_ir::Type;

impl Generator<'_> {
    /// A predicate.
    pub(super) fn condition(&mut self, depth: usize) -> Expr {
        let boolean = Type::Boolean;
        if depth == 0 {
            let ty = self.sorted_type();
            let (a, b) = (self.atom(ty, true), self.atom(ty, true));
            let op = *self.rng.pick(&["=", "<>", "<", "<=", ">", ">="]);
            self.note("comparison");
            return self.value(boolean, format!("(‹0› {op} ‹1›)"), vec![a, b]);
        }
        let below = depth - 1;
        match self.rng.below(16) {
            0 | 1 => {
                let (a, b) = (self.condition(below), self.condition(below));
                let op = *self.rng.pick(&["AND", "OR"]);
                self.note("AND, OR");
                self.value(boolean, format!("(‹0› {op} ‹1›)"), vec![a, b])
            }
            2 => {
                let a = self.condition(below);
                self.note("NOT");
                self.value(boolean, "(NOT ‹0›)", vec![a])
            }
            3 => {
                let ty = self.any_type();
                let a = self.expr(ty, below, true);
                let not = *self.rng.pick(&["", "NOT "]);
                self.note("IS NULL");
                self.value(boolean, format!("(‹0› IS {not}NULL)"), vec![a])
            }
            4 => {
                let a = self.condition(below);
                let what = *self.rng.pick(&[
                    "TRUE",
                    "NOT TRUE",
                    "FALSE",
                    "NOT FALSE",
                    "UNKNOWN",
                    "NOT UNKNOWN",
                ]);
                self.note("IS TRUE");
                self.value(boolean, format!("(‹0› IS {what})"), vec![a])
            }
            5 => {
                let ty = self.sorted_type();
                let (a, b) = (self.expr(ty, below, true), self.expr(ty, below, true));
                let not = *self.rng.pick(&["", "NOT "]);
                self.note("IS DISTINCT FROM");
                self.value(
                    boolean,
                    format!("(‹0› IS {not}DISTINCT FROM ‹1›)"),
                    vec![a, b],
                )
            }
            6 => {
                let ty = self.sorted_type();
                let parts = vec![
                    self.expr(ty, below, true),
                    self.atom(ty, true),
                    self.atom(ty, true),
                ];
                let op = *self.rng.pick(&[
                    "BETWEEN",
                    "NOT BETWEEN",
                    "BETWEEN SYMMETRIC",
                    "NOT BETWEEN SYMMETRIC",
                ]);
                self.note("BETWEEN");
                self.value(boolean, format!("(‹0› {op} ‹1› AND ‹2›)"), parts)
            }
            7 => {
                let ty = self.sorted_type();
                let parts = vec![
                    self.expr(ty, below, true),
                    self.atom(ty, true),
                    self.atom(ty, true),
                    self.literal(ty),
                ];
                let not = *self.rng.pick(&["", "NOT "]);
                self.note("IN list");
                self.value(boolean, format!("(‹0› {not}IN (‹1›, ‹2›, ‹3›))"), parts)
            }
            8 => {
                let a = self.expr(Type::Text, below, true);
                let op = *self.rng.pick(&[
                    "LIKE",
                    "NOT LIKE",
                    "ILIKE",
                    "NOT ILIKE",
                    "SIMILAR TO",
                    "NOT SIMILAR TO",
                ]);
                let pattern = *self
                    .rng
                    .pick(&["%", "a%", "_", "%b%", "A_%", "%ä", "a\\_b", "(a|b)%", "É%"]);
                let escape = if self.chance(15) { " ESCAPE '!'" } else { "" };
                self.note(op.trim_start_matches("NOT "));
                self.value(boolean, format!("(‹0› {op} '{pattern}'{escape})"), vec![a])
            }
            9 => {
                let (s, t) = (self.sorted_type(), self.sorted_type());
                let parts = vec![
                    self.atom(s, true),
                    self.atom(t, true),
                    self.atom(s, true),
                    self.atom(t, true),
                ];
                let op = *self.rng.pick(&["=", "<>", "<", "<=", ">", ">="]);
                self.note("row comparison");
                self.value(boolean, format!("((‹0›, ‹1›) {op} (‹2›, ‹3›))"), parts)
            }
            10 | 11 if depth > 1 => self.subquery_condition(below),
            12 | 13 => self.call(boolean, depth, true),
            _ => {
                let ty = self.sorted_type();
                let other = match ty {
                    Type::Integer => *self.rng.pick(&[
                        Type::BigInt,
                        Type::NUMERIC,
                        Type::SmallInt,
                        Type::Integer,
                        Type::Double,
                    ]),
                    Type::Date => *self.rng.pick(&[Type::Date, Type::Timestamp]),
                    _ => ty,
                };
                let (a, b) = (self.expr(ty, below, true), self.expr(other, below, true));
                let op = *self.rng.pick(&["=", "<>", "<", "<=", ">", ">="]);
                self.note("comparison");
                self.value(boolean, format!("(‹0› {op} ‹1›)"), vec![a, b])
            }
        }
    }

    pub(super) fn subquery_condition(&mut self, depth: usize) -> Expr {
        let not = *self.rng.pick(&["", "NOT "]);
        if self.chance(40) {
            self.note("EXISTS");
            let ty = self.any_type();
            let query = self.subquery(&[ty], depth, false);
            let value = self.value(Type::Boolean, format!("({not}EXISTS (‹0›))"), vec![]);
            return value.holding(vec![query.piece]);
        }
        let ty = self.sorted_type();
        let left = self.expr(ty, depth.min(1), true);
        let query = self.subquery(&[ty], depth, true);
        let (name, text) = match self.rng.below(3) {
            0 => {
                let op = *self
                    .rng
                    .pick(&["= ANY", "< ANY", ">= ALL", "<> ALL", "> ANY", "= ALL"]);
                ("ANY, ALL", format!("(‹0› {op} (‹1›))"))
            }
            _ => ("IN subquery", format!("(‹0› {not}IN (‹1›))")),
        };
        self.note(name);
        let value = self.value(Type::Boolean, text, vec![]);
        value.holding(vec![left.piece, query.piece])
    }

    pub(super) fn scalar_subquery(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        self.note("scalar subquery");
        let query = self.one_row(ty, depth, exact);
        let value = self.value(ty, "(‹0›)", vec![]);
        let column = query.columns.first().cloned();
        let value = value.holding(vec![query.piece]);
        match column {
            Some(column) => Expr {
                bound: column.bound,
                scale: column.scale,
                open: column.open,
                ..value
            },
            None => value,
        }
    }
}
