//! Aggregates and window functions.

use super::Generator;
use super::calls;
use super::piece::{Piece, Role};
use super::scalar::Expr;
use super::scope::{Block, sorts};
use rql_ir::function::Param;
use rql_ir::{Agg, Type};

/// Aggregates of numbers whose last digits are open.
fn open_digits(agg: Agg, ty: Type) -> bool {
    !matches!(agg, Agg::Sum | Agg::Min | Agg::Max | Agg::PercentileDisc)
        && (ty == Type::Double || ty == Type::NUMERIC)
}

/// Statistics of pairs.
fn spread_of_pairs(agg: Agg) -> bool {
    related(agg) || matches!(agg, Agg::RegrSxx | Agg::RegrSyy)
}

/// Statistics that are differences of what is computed of the pairs.
fn related(agg: Agg) -> bool {
    use Agg as A;
    matches!(
        agg,
        A::Corr
            | A::CovarPop
            | A::CovarSamp
            | A::RegrIntercept
            | A::RegrR2
            | A::RegrSlope
            | A::RegrSxy
    )
}

/// Where a side hardly varies or pairs hardly depend on each other, such a difference is what the rounding of its
/// parts has left, and no two ways to compute it agree on a digit.
fn conditioned(agg: Agg, text: &str) -> String {
    let pair = "(‹1›, ‹2›)‹0›";
    let apart = match agg {
        Agg::RegrIntercept => format!(" AND abs({text}) > 0.01 * abs(regr_avgy{pair})"),
        _ => String::new(),
    };
    let varies = |spread: &str, mean: &str| {
        format!("{spread}{pair} > 0.000000001 * {mean}{pair} * {mean}{pair}")
    };
    let (x, y) = (
        varies("regr_sxx", "regr_avgx"),
        varies("regr_syy", "regr_avgy"),
    );
    format!("CASE WHEN {x} AND {y} AND abs(corr{pair}) > 0.01{apart} THEN {text} END")
}

impl Generator<'_> {
    /// An aggregate over the rows of the innermost block.
    pub(super) fn aggregate(&mut self, ty: Type, exact: bool) -> Option<Expr> {
        let mut block = self.blocks.pop()?;
        let Some(rows) = block.grouped.take() else {
            self.blocks.push(block);
            return None;
        };
        self.blocks.push(Block {
            sees: rows.clone(),
            ..Block::default()
        });
        let outer = std::mem::replace(&mut self.outer, false);
        let found = self.aggregate_call(ty, exact, false);
        self.outer = outer;
        self.blocks.pop();
        block.grouped = Some(rows);
        self.blocks.push(block);
        found
    }

    /// A call of an aggregate; before OVER without an order of its own.
    fn aggregate_call(&mut self, ty: Type, exact: bool, window: bool) -> Option<Expr> {
        let mut all = calls::aggregates(ty);
        all.retain(|call| {
            let agg = call.function.func;
            let name = format!("aggregate {agg:?}");
            let ordered = agg.within_group()
                || matches!(
                    agg,
                    Agg::StringAgg
                        | Agg::ArrayAgg
                        | Agg::JsonAgg
                        | Agg::JsonObjectAgg
                        | Agg::JsonbAgg
                        | Agg::JsonbObjectAgg
                );
            let open = exact && open_digits(agg, ty);
            !(open || self.off(&name) || window && (ordered || related(agg)))
        });
        if all.is_empty() {
            return None;
        }
        let call = *self.rng.pick(&all);
        let agg = call.function.func;
        self.used.insert(format!("aggregate {agg:?}"));
        let name = *self.rng.pick(call.function.names);
        // Sums of doubles are exact in any order where the values are stored ones.
        let value = |generator: &mut Self, at: usize| {
            let ty = match call.param(at) {
                // What becomes a double is a whole number or a decimal as well.
                Param::Of(Type::Double) if spread_of_pairs(agg) => {
                    // The spread of one value is nothing where that is a double as it is written, and else what the
                    // rounding of it has left.
                    let types = [Type::Double, Type::Integer, Type::NUMERIC];
                    let exact = if related(agg) { 3 } else { 2 };
                    return match *generator.rng.pick(&types[..exact]) {
                        Type::Integer => generator.integer(-20, 20),
                        ty => generator.atom(ty, true),
                    };
                }
                Param::Of(Type::Real) => Type::Double,
                Param::Any => generator.sorted_type(),
                _ => calls::wanted(&call, at).unwrap_or(Type::Integer),
            };
            match ty {
                Type::Double => generator.atom(ty, true),
                _ => generator.expr(ty, 1, true),
            }
        };
        let filter = match self.chance(20) {
            true => {
                self.note("FILTER");
                let condition = self.condition(1).piece;
                Piece::optional(" FILTER (WHERE ‹0›)", vec![condition])
            }
            false => Piece::empty(),
        };
        let (text, args) = match agg {
            Agg::Count if self.chance(40) => (format!("{name}(*)‹0›"), vec![]),
            Agg::StringAgg if ty != Type::Text => return None,
            Agg::StringAgg => {
                self.note("aggregate ORDER BY");
                let (distinct, end) = self.order_within();
                // Of a constant there is nothing to sort by.
                let value = self.column(Type::Text, true)?;
                (
                    format!("{name}({distinct}‹1›, ',' ORDER BY ‹1›{end})‹0›"),
                    vec![value],
                )
            }
            Agg::ArrayAgg => {
                let (distinct, end) = self.order_within();
                let value = self.column(call.element, true)?;
                (
                    format!("{name}({distinct}‹1› ORDER BY ‹1›{end})‹0›"),
                    vec![value],
                )
            }
            Agg::JsonAgg | Agg::JsonbAgg => {
                let value = self.column(Type::Integer, true)?;
                (format!("{name}(‹1› ORDER BY ‹1›)‹0›"), vec![value])
            }
            Agg::PercentileCont | Agg::PercentileDisc => {
                let share = *self.rng.pick(&["0.5", "0", "1", "0.25", "0.9"]);
                // PostgreSQL does not take a constant without a type for one of any.
                let by = match ty {
                    Type::Text => self.column(Type::Text, true)?,
                    _ => value(self, 1),
                };
                (
                    format!("{name}({share}) WITHIN GROUP (ORDER BY ‹1›)‹0›"),
                    vec![by],
                )
            }
            // A name that is NULL is an error, which is not one where nobody looks at the document.
            Agg::JsonObjectAgg | Agg::JsonbObjectAgg => {
                let (key, by) = (self.column(Type::Integer, true)?, value(self, 1));
                let text =
                    format!("{name}(coalesce(‹1›, 0), ‹2› ORDER BY coalesce(‹1›, 0), ‹2›)‹0›");
                (text, vec![key, by])
            }
            _ => {
                let args: Vec<Expr> = (0..call.signature.params.len())
                    .map(|at| value(self, at))
                    .collect();
                let distinct = match args.as_slice() {
                    [one] if !window && sorts(one.ty) && self.chance(20) => {
                        self.note("aggregate DISTINCT");
                        "DISTINCT "
                    }
                    _ => "",
                };
                let holes: Vec<String> = (1..=args.len()).map(|at| format!("‹{at}›")).collect();
                let text = format!("{name}({distinct}{})‹0›", holes.join(", "));
                (
                    if related(agg) {
                        conditioned(agg, &text)
                    } else {
                        text
                    },
                    args,
                )
            }
        };
        let first = args.iter().map(|arg| arg.bound).fold(1.0, f64::max);
        let scale = args.iter().map(|arg| arg.scale).max().unwrap_or_default();
        let bound = match agg {
            Agg::Sum => first * 5000.0,
            Agg::StringAgg => 1000.0,
            Agg::Count | Agg::RegrCount => 5000.0,
            Agg::Min | Agg::Max | Agg::PercentileDisc | Agg::PercentileCont => first,
            _ => first * first * 5000.0,
        };
        // A square has as many digits as a decimal of the runtime.
        let spread = matches!(
            agg,
            Agg::VarSamp | Agg::VarPop | Agg::StddevSamp | Agg::StddevPop
        );
        // What is left of large doubles that cancel each other depends on the order in which they come.
        let left_over = ty.is_float() && first > 1e7 && !matches!(agg, Agg::Min | Agg::Max);
        if left_over
            || spread && first > 1e17
            || agg == Agg::Sum && ty == Type::BigInt && bound > 9e18
        {
            return None;
        }
        let pieces = std::iter::once(filter)
            .chain(args.into_iter().map(|arg| arg.piece))
            .collect();
        Some(Expr {
            piece: Piece::form(Role::Value(ty), text, pieces),
            ty,
            bound,
            scale,
            open: open_digits(agg, ty),
        })
    }

    fn order_within(&mut self) -> (&'static str, &'static str) {
        self.note("aggregate ORDER BY");
        (
            if self.chance(20) { "DISTINCT " } else { "" },
            *self
                .rng
                .pick(&["", " DESC", " NULLS FIRST", " DESC NULLS LAST"]),
        )
    }

    /// A window function over the rows of the innermost block, and its type; none where rows tie that
    /// differ.
    pub(super) fn window(&mut self, exact: bool) -> Option<Expr> {
        let block = self.blocks.last_mut()?;
        if !std::mem::take(&mut block.windows) {
            return None;
        }
        let outer = self.outer;
        self.outer &= !self.off("correlated window");
        let found = self.window_call(exact);
        self.outer = outer;
        if let Some(block) = self.blocks.last_mut() {
            // Rows that are alike may have the numbers of two windows in any combination.
            block.windows = found.is_none() || !block.sees.keys.is_empty();
        }
        found
    }

    fn window_call(&mut self, exact: bool) -> Option<Expr> {
        let total = self.blocks.last()?.sees.total()?;
        let partition = match self.chance(50) {
            true => {
                let ty = self.sorted_type();
                let by = self.atom(ty, true).piece;
                Piece::optional("PARTITION BY ‹0› ", vec![by])
            }
            false => Piece::empty(),
        };
        let mut keys = Vec::new();
        if self.chance(60) {
            let ty = self.sorted_type();
            let key = self.atom(ty, true).piece;
            let end = *self
                .rng
                .pick(&["", " DESC", " NULLS FIRST", " DESC NULLS LAST", " ASC"]);
            keys.push(Piece::fixed(format!("‹0›{end}"), vec![key]));
        }
        let all = keys.is_empty() || self.chance(70);
        if keys.is_empty() && total.is_empty() {
            return None;
        }
        // A total order stays whole.
        let order = match (all, keys.pop()) {
            (false, Some(key)) => key,
            (_, None) => Piece::text(total.join(", ")),
            (true, Some(key)) if total.is_empty() => key,
            (true, Some(key)) => Piece::fixed(
                format!("‹0›{}", total.join(", ")),
                vec![Piece::optional("‹0›, ", vec![key])],
            ),
        };
        if self.chance(20)
            && all
            && self
                .blocks
                .last()
                .is_some_and(|block| block.grouped.is_none())
        {
            return self.running(partition, order, exact);
        }
        let (call, takes_frame) = self.over(exact, all)?;
        let frame = match takes_frame {
            true => self.frame(all),
            false => Piece::empty(),
        };
        let ty = call.ty;
        let piece = Piece::form(
            Role::Value(ty),
            "‹0› OVER (‹1›ORDER BY ‹2›‹3›)",
            vec![call.piece, partition, order, frame],
        );
        Some(Expr { piece, ..call })
    }

    /// What stands before OVER, and whether it has a frame; without an order of `all` rows only what ties
    /// share.
    fn over(&mut self, exact: bool, all: bool) -> Option<(Expr, bool)> {
        let of = |piece: Piece, ty: Type, bound: f64, open: bool| Expr {
            piece,
            ty,
            bound,
            scale: 0,
            open,
        };
        let counted = |generator: &mut Self, name: &str| {
            generator.note(name);
            of(
                Piece::text(format!("{name}()")),
                Type::BigInt,
                5000.0,
                false,
            )
        };
        let pick = if all {
            self.rng.below(14)
        } else {
            self.rng.below(4)
        };
        Some(match pick {
            0 => (counted(self, "rank"), false),
            1 => (counted(self, "dense_rank"), false),
            2 if !exact => {
                let name = *self.rng.pick(&["percent_rank", "cume_dist"]);
                self.note(name);
                (
                    of(Piece::text(format!("{name}()")), Type::Double, 1.0, true),
                    false,
                )
            }
            4 => (counted(self, "row_number"), false),
            5 => {
                self.note("ntile");
                let count = 1 + self.rng.below(4);
                (
                    of(
                        Piece::text(format!("ntile({count})")),
                        Type::Integer,
                        10.0,
                        false,
                    ),
                    false,
                )
            }
            6 | 7 => {
                let ty = self.any_type();
                let name = *self.rng.pick(&["lag", "lead"]);
                self.note(name);
                let (value, other) = (self.expr(ty, 1, exact), self.atom(ty, exact));
                let (text, parts) = match self.rng.below(3) {
                    0 => (format!("{name}(‹0›)"), vec![value.piece]),
                    1 => (format!("{name}(‹0›, 2)"), vec![value.piece]),
                    _ => (
                        format!("{name}(‹0›, 1, ‹1›)"),
                        vec![value.piece, other.piece],
                    ),
                };
                let (bound, scale) = (value.bound.max(other.bound), value.scale.max(other.scale));
                let piece = Piece::fixed(text, parts);
                (
                    Expr {
                        piece,
                        ty,
                        bound,
                        scale,
                        open: value.open || other.open,
                    },
                    false,
                )
            }
            8 | 9 => {
                let ty = self.any_type();
                let (name, text) = *self.rng.pick(&[
                    ("first_value", "first_value(‹0›)"),
                    ("last_value", "last_value(‹0›)"),
                    ("nth_value", "nth_value(‹0›, 2)"),
                ]);
                self.note(name);
                let value = self.expr(ty, 1, exact);
                (
                    Expr {
                        piece: Piece::fixed(text, vec![value.piece]),
                        ..value
                    },
                    true,
                )
            }
            _ => {
                let ty = *self.rng.pick(&[
                    Type::BigInt,
                    Type::NUMERIC,
                    Type::Integer,
                    Type::Text,
                    Type::Boolean,
                    Type::Double,
                ]);
                let call = self.aggregate_call(ty, exact, true)?;
                self.note("window aggregate");
                (call, true)
            }
        })
    }

    fn frame(&mut self, all: bool) -> Piece {
        let bounds = [
            "UNBOUNDED PRECEDING",
            "BETWEEN 2 PRECEDING AND CURRENT ROW",
            "BETWEEN 1 PRECEDING AND 1 FOLLOWING",
            "BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            "BETWEEN CURRENT ROW AND 2 FOLLOWING",
            "BETWEEN 3 PRECEDING AND 1 PRECEDING",
        ];
        let (unit, bound) = match self.rng.below(6) {
            0..=2 if all => ("ROWS", *self.rng.pick(&bounds)),
            3 => ("GROUPS", *self.rng.pick(&bounds)),
            4 => (
                "RANGE",
                "BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            ),
            _ => return Piece::empty(),
        };
        self.note(&format!("frame {unit}"));
        let exclude = match self.chance(25) && all {
            true => {
                self.note("EXCLUDE");
                *self.rng.pick(&[
                    " EXCLUDE CURRENT ROW",
                    " EXCLUDE GROUP",
                    " EXCLUDE TIES",
                    " EXCLUDE NO OTHERS",
                ])
            }
            false => "",
        };
        Piece::optional(format!(" {unit} {bound}{exclude}"), vec![])
    }

    /// A running aggregate: for PostgreSQL the aggregate over the rows so far.
    fn running(&mut self, partition: Piece, order: Piece, exact: bool) -> Option<Expr> {
        let names = [
            ("RUNSUM", "sum"),
            ("RUNCOUNT", "count"),
            ("RUNMIN", "min"),
            ("RUNMAX", "max"),
            ("RUNAVG", "avg"),
        ];
        let (name, asked) = *self.rng.pick(&names[..if exact { 4 } else { 5 }]);
        self.note(name);
        let from = match name {
            "RUNSUM" | "RUNAVG" => *self
                .rng
                .pick(&[Type::Integer, Type::NUMERIC, Type::SmallInt]),
            _ => *self
                .rng
                .pick(&[Type::Integer, Type::NUMERIC, Type::Text, Type::Date]),
        };
        let value = self.expr(from, 1, true);
        let ty = match (name, from) {
            ("RUNCOUNT", _) | ("RUNSUM", Type::Integer | Type::SmallInt) => Type::BigInt,
            ("RUNAVG", _) => Type::NUMERIC,
            _ => from,
        };
        let filter = match self.chance(20) {
            true => {
                let condition = self.condition(1).piece;
                Piece::optional(" FILTER (WHERE ‹0›)", vec![condition])
            }
            false => Piece::empty(),
        };
        let piece = Piece::form(
            Role::Value(ty),
            format!("{name}(‹0›)‹1› OVER (‹2›ORDER BY ‹3›)"),
            vec![value.piece, filter, partition, order],
        )
        .asked(format!(
            "{asked}(‹0›)‹1› OVER (‹2›ORDER BY ‹3› ROWS UNBOUNDED PRECEDING)"
        ));
        Some(Expr {
            piece,
            ty,
            bound: value.bound * 5000.0,
            scale: value.scale,
            open: name == "RUNAVG",
        })
    }
}
