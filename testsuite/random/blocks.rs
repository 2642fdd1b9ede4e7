//! Queries: blocks, set operations, WITH, and what stands around them.

use super::Generator;
use super::piece::{Piece, Role};
use super::scalar::Expr;
use super::scope::{Block, Column, Relation, sorts};
use rql_ir::Type;

/// A query in parentheses or at the top.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) piece: Piece,
    pub(super) columns: Vec<Column>,
    /// The most rows that it can give.
    pub(super) most: f64,
}

impl Rows {
    pub(super) fn relation(&self) -> Relation {
        Relation {
            columns: self.columns.clone(),
            keys: vec![],
            most: self.most,
        }
    }

    fn types(&self) -> Vec<Type> {
        self.columns.iter().map(|column| column.ty).collect()
    }
}

/// How a block is to be.
#[derive(Clone, Copy, Debug, Default)]
struct Wish<'t> {
    types: Option<&'t [Type]>,
    exact: bool,
}

impl Generator<'_> {
    /// One expression over one table, which may fail.
    pub(super) fn lone_expression(&mut self, turn: u64) -> (Piece, Vec<bool>) {
        self.alone = true;
        let calls = self.of_turn(turn);
        let alias = self.alias();
        let table = self.rng.pick(&self.world.tables);
        let (from, sees) = (format!("{} AS {alias}", table.name), table.relation(&alias));
        self.blocks.push(Block {
            sees,
            ..Block::default()
        });
        let items = (0..1 + self.rng.below(3)).map(|at| {
            if at == 0 && !calls.is_empty() {
                let (ty, call) = *self.rng.pick(&calls);
                return self.called(&call, ty, 2);
            }
            let ty = self.any_type();
            self.expr(ty, 2, false)
        });
        let (items, open) = items.map(|item| (item.piece, item.open)).unzip();
        let piece = Piece::fixed(
            format!("SELECT ‹0› FROM {from} ORDER BY {alias}.id"),
            vec![Piece::List(", ", items)],
        );
        (piece, open)
    }

    /// A whole statement, its columns with open digits, and whether its rows have one order.
    pub(super) fn whole(&mut self) -> (Piece, Vec<bool>, bool) {
        let first = match self.rng.below(10) {
            0 | 1 => Some(("WITH", self.with())),
            2 => Some(("WITH RECURSIVE", self.recursive())),
            3 => Some(("LET relation", self.with())),
            _ => None,
        };
        let query = self.query(None, 2, false);
        let (query, ordered) = self.sorted(query);
        let open = query.columns.iter().map(|column| column.open).collect();
        let Some((kind, (name, inner))) = first else {
            return (query.piece, open, ordered);
        };
        self.note(kind);
        let role = Role::Query(query.types());
        let parts = vec![inner, query.piece];
        let piece = match kind {
            "LET relation" => Piece::form(role, format!("LET {name} AS ‹0›; ‹1›"), parts)
                .asked(format!("WITH {name} AS (‹0›) ‹1›")),
            "WITH" => Piece::form(role, format!("WITH {name} AS (‹0›) ‹1›"), parts),
            _ => Piece::form(role, format!("WITH RECURSIVE {name} AS (‹0›) ‹1›"), parts),
        };
        (piece, open, ordered)
    }

    /// A query with a name.
    fn with(&mut self) -> (String, Piece) {
        let query = self.query(None, 1, false);
        let name = format!("w{}", self.aliases);
        self.named.push((name.clone(), query.relation()));
        (name, query.piece)
    }

    /// A query that counts its rounds.
    fn recursive(&mut self) -> (String, Piece) {
        let ty = *self
            .rng
            .pick(&[Type::Integer, Type::Text, Type::Date, Type::NUMERIC]);
        let most = 2 + self.rng.below(5);
        let (alias, name) = (self.alias(), self.alias());
        let column = |column: &str, ty: Type, bound: f64| Column {
            name: column.to_owned(),
            ty,
            bound,
            scale: if ty.is_decimal() { 4 } else { 0 },
            open: false,
        };
        let table = self.rng.pick(&self.world.tables);
        let (from, sees) = (format!("{} AS {alias}", table.name), table.relation(&alias));
        let anchor = self.inside(sees, |generator| generator.expr(ty, 1, true));
        let columns = vec![column("n", Type::Integer, 10.0), column("x", ty, 1000.0)];
        let relation = Relation {
            columns,
            keys: vec![],
            most: 20.0,
        };
        let step = self.inside(relation.renamed(&name), |generator| {
            generator.expr(ty, 1, true)
        });
        // What a round computes stays as small as the rounds before are said to be.
        let (cast, ends) = match ty {
            Type::Decimal { .. } => ("numeric(12,4)", ["(‹0› % 1000)", "(‹1› % 1000)"]),
            Type::Integer => ("integer", ["(‹0› % 1000)", "(‹1› % 1000)"]),
            Type::Text => ("text", ["left(‹0›, 8)", "left(‹1›, 8)"]),
            _ => ("date", ["‹0›", "‹1›"]),
        };
        let all = if self.chance(70) { " ALL" } else { "" };
        let [first, next] = ends;
        let text = format!(
            "SELECT 1, CAST({first} AS {cast}) FROM {from} WHERE {alias}.id < 4 UNION{all} \
             SELECT {name}.n + 1, CAST({next} AS {cast}) FROM {name} WHERE {name}.n < {most}"
        );
        let piece = Piece::fixed(text, vec![anchor.piece, step.piece]);
        self.named.push((name.clone(), relation));
        (format!("{name}(n, x)"), piece)
    }

    /// What is written while a block sees these columns and no others.
    pub(super) fn inside<T>(&mut self, sees: Relation, write: impl FnOnce(&mut Self) -> T) -> T {
        self.blocks.push(Block {
            sees,
            ..Block::default()
        });
        let written = write(self);
        self.blocks.pop();
        written
    }

    /// A query at the top: sorted, and perhaps cut where all of its columns are sorted by.
    fn sorted(&mut self, query: Rows) -> (Rows, bool) {
        let total = query
            .columns
            .iter()
            .all(|column| !column.open && sorts(column.ty));
        if !total || self.chance(25) {
            return (query, false);
        }
        (self.cut(query, 50), true)
    }

    /// Sorted by all of its columns, with a LIMIT in so many of a hundred cases.
    fn cut(&mut self, query: Rows, limits: usize) -> Rows {
        self.note("ORDER BY");
        let mut numbers: Vec<usize> = (1..=query.columns.len()).collect();
        let mut keys = Vec::new();
        while !numbers.is_empty() {
            let number = numbers.remove(self.rng.below(numbers.len()));
            let end = *self
                .rng
                .pick(&["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
            keys.push(format!("{number}{end}"));
        }
        let mut end = String::new();
        if self.chance(limits) {
            self.note("LIMIT");
            end = format!(" LIMIT {}", self.rng.below(8));
            if self.chance(40) {
                self.note("OFFSET");
                end.push_str(&format!(" OFFSET {}", self.rng.below(4)));
            }
        }
        let types = query.types();
        Rows {
            piece: Piece::form(
                Role::Query(types),
                format!("‹0› ORDER BY {}‹1›", keys.join(", ")),
                vec![query.piece, Piece::optional(end, vec![])],
            ),
            columns: query.columns,
            most: query.most,
        }
    }

    /// A query of any shape.
    pub(super) fn query(&mut self, types: Option<&[Type]>, depth: usize, exact: bool) -> Rows {
        if depth > 0 && self.chance(12) {
            return self.set_operation(types, depth);
        }
        self.block(Wish { types, exact }, depth)
    }

    /// A query inside an expression: it sees the columns around it.
    pub(super) fn subquery(&mut self, types: &[Type], depth: usize, exact: bool) -> Rows {
        let outer = std::mem::replace(&mut self.outer, true);
        let room = self.room_inside();
        let query = self.query(Some(types), depth, exact);
        self.room = room;
        self.outer = outer;
        query
    }

    /// A query of at most one row.
    pub(super) fn one_row(&mut self, ty: Type, depth: usize, exact: bool) -> Rows {
        let room = self.room_inside();
        let query = self.one_row_within(ty, depth, exact);
        self.room = room;
        query
    }

    /// Takes the room for a query that is asked for each row around it, and gives what there was.
    fn room_inside(&mut self) -> f64 {
        let around = self.blocks.last().map_or(1.0, |block| {
            let grouped = block.grouped.as_ref().map_or(1.0, |rows| rows.most);
            block.sees.most.max(grouped).max(1.0)
        });
        let room = self.room;
        self.room /= around;
        room
    }

    fn one_row_within(&mut self, ty: Type, depth: usize, exact: bool) -> Rows {
        if !sorts(ty) || self.chance(60) {
            let (from, sees) = self.from(0);
            let block = Block {
                sees: Relation::default(),
                grouped: Some(sees),
                windows: false,
            };
            self.blocks.push(block);
            let value = self.aggregate(ty, exact).or_else(|| {
                self.aggregate(Type::BigInt, true)
                    .filter(|_| ty == Type::BigInt)
            });
            self.blocks.pop();
            let Some(value) = value else {
                let value = self.nothing(ty);
                let columns = vec![named("c0", &value)];
                let role = Role::Query(vec![ty]);
                let piece = Piece::form(role, "SELECT ‹0› AS c0", vec![value.piece]);
                let most = 1.0;
                return Rows {
                    piece,
                    columns,
                    most,
                };
            };
            let columns = vec![named("c0", &value)];
            let piece = Piece::form(
                Role::Query(vec![ty]),
                "SELECT ‹0› AS c0 FROM ‹1›",
                vec![value.piece, from],
            );
            let most = 1.0;
            return Rows {
                piece,
                columns,
                most,
            };
        }
        let outer = std::mem::replace(&mut self.outer, true);
        let query = self.block(
            Wish {
                types: Some(&[ty]),
                exact: true,
            },
            depth,
        );
        self.outer = outer;
        let query = self.cut(query, 0);
        Rows {
            piece: Piece::form(Role::Query(vec![ty]), "‹0› LIMIT 1", vec![query.piece]),
            ..query
        }
    }

    fn nothing(&mut self, ty: Type) -> Expr {
        let blocks = std::mem::take(&mut self.blocks);
        let found = self.atom(ty, true);
        self.blocks = blocks;
        found
    }

    fn set_operation(&mut self, types: Option<&[Type]>, depth: usize) -> Rows {
        let types: Vec<Type> = match types {
            Some(types) if types.iter().all(|ty| sorts(*ty)) => types.to_vec(),
            Some(types) => {
                return self.block(
                    Wish {
                        types: Some(types),
                        exact: true,
                    },
                    depth,
                );
            }
            None => (0..1 + self.rng.below(3))
                .map(|_| self.sorted_type())
                .collect(),
        };
        let names = [
            "UNION",
            "UNION ALL",
            "INTERSECT",
            "INTERSECT ALL",
            "EXCEPT",
            "EXCEPT ALL",
        ];
        let name = *self.rng.pick(&names);
        self.note(name);
        let wish = Wish {
            types: Some(&types),
            exact: true,
        };
        let (left, right) = (self.block(wish, depth - 1), self.block(wish, depth - 1));
        let columns = left
            .columns
            .iter()
            .zip(&right.columns)
            .map(|(a, b)| Column {
                bound: a.bound.max(b.bound),
                scale: a.scale.max(b.scale),
                ..a.clone()
            });
        Rows {
            columns: columns.collect(),
            most: left.most + right.most,
            piece: Piece::form(
                Role::Query(types.clone()),
                format!("‹0› {name} ‹1›"),
                vec![left.piece, right.piece],
            ),
        }
    }

    fn block(&mut self, wish: Wish<'_>, depth: usize) -> Rows {
        let (from, sees) = self.from(depth);
        let most = sees.most;
        self.blocks.push(Block {
            sees,
            ..Block::default()
        });
        let filter = match self.chance(55) {
            // A condition that is there or not.
            true if self.lets.len() < 3 && self.blocks.len() == 1 && self.chance(4) => {
                self.note("template");
                let (name, set) = (format!("p{}", self.lets.len() + 1), self.chance(50));
                self.lets.push(match set {
                    true => format!("LET {name} = 1"),
                    false => format!("UNSET {name}"),
                });
                let conditions = vec![self.condition(1).piece, self.condition(1).piece];
                Piece::optional(
                    format!(" WHERE ‹0› {{{{#if {name}}}}} AND ‹1› {{{{/if}}}}"),
                    conditions,
                )
                .asked(if set {
                    " WHERE ‹0› AND ‹1›"
                } else {
                    " WHERE ‹0›"
                })
            }
            true => {
                let condition = self.condition(depth.min(2)).piece;
                Piece::optional(" WHERE ‹0›", vec![condition])
            }
            false => Piece::empty(),
        };
        let rows = match self.rng.below(10) {
            0..=2 => self.grouped_block(wish, depth, from, filter),
            3 if depth > 0 => self.first_of_each(wish, from, filter),
            _ => self.plain_block(wish, depth, from, filter),
        };
        self.blocks.pop();
        Rows { most, ..rows }
    }

    /// The expressions of a SELECT list.
    fn items(&mut self, wish: Wish<'_>, depth: usize) -> Vec<Expr> {
        match wish.types {
            Some(types) => types
                .iter()
                .map(|ty| self.item(*ty, depth, wish.exact))
                .collect(),
            None => (0..1 + self.rng.below(4))
                .map(|_| {
                    if self.chance(15)
                        && let Some(found) = self.window(wish.exact)
                    {
                        return found;
                    }
                    let ty = self.any_type();
                    self.item(ty, depth, wish.exact)
                })
                .collect(),
        }
    }

    fn item(&mut self, ty: Type, depth: usize, exact: bool) -> Expr {
        let most = 1 + self.rng.below(2);
        self.expr(ty, most.min(depth + 1), exact)
    }

    fn plain_block(&mut self, wish: Wish<'_>, depth: usize, from: Piece, filter: Piece) -> Rows {
        if let Some(block) = self.blocks.last_mut() {
            block.windows = true;
        }
        let distinct = self.chance(12);
        let wish = Wish {
            exact: wish.exact || distinct,
            ..wish
        };
        let items = self.items(wish, depth);
        let distinct = distinct && items.iter().all(|item| sorts(item.ty) && !item.open);
        let qualify = match !distinct && self.chance(10) {
            true => self.window(true),
            false => None,
        };
        if distinct {
            self.note("DISTINCT");
        }
        let word = if distinct { "DISTINCT " } else { "" };
        let (list, columns, types) = list(items);
        let role = Role::Query(types);
        let piece = match qualify {
            Some(window) => {
                self.note("QUALIFY");
                let ty = window.ty;
                let other = self.nothing(ty).piece;
                let op = if sorts(ty) {
                    *self.rng.pick(&["<=", "=", ">", "<>"])
                } else {
                    "IS DISTINCT FROM"
                };
                let op = if ty.is_document() { "IS NULL OR" } else { op };
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                let test = match ty {
                    ty if ty.is_document() => "(‹3› IS NOT NULL)".to_owned(),
                    _ => format!("(‹3› {op} ‹4›)"),
                };
                Piece::form(
                    role,
                    format!("SELECT ‹0› FROM ‹1›‹2› QUALIFY {test}"),
                    vec![list, from, filter, window.piece, other],
                )
                .asked(format!(
                    "SELECT {} FROM (SELECT ‹0›, {test} AS q FROM ‹1›‹2›) AS q WHERE q",
                    names.join(", ")
                ))
            }
            None => Piece::form(
                role,
                format!("SELECT {word}‹0› FROM ‹1›‹2›"),
                vec![list, from, filter],
            ),
        };
        Rows {
            piece,
            columns,
            most: 1.0,
        }
    }

    /// DISTINCT ON, in an order in which no rows tie.
    fn first_of_each(&mut self, wish: Wish<'_>, from: Piece, filter: Piece) -> Rows {
        let total = self.blocks.last().and_then(|block| block.sees.total());
        let Some(total) = total.filter(|keys| !keys.is_empty()) else {
            return self.plain_block(wish, 0, from, filter);
        };
        self.note("DISTINCT ON");
        let ty = self.sorted_type();
        let key = match self.column(ty, true) {
            Some(key) => key.piece,
            None => Piece::text(total.join(", ")),
        };
        let items = self.items(
            Wish {
                exact: true,
                ..wish
            },
            0,
        );
        let (list, columns, types) = list(items);
        let text = format!(
            "SELECT DISTINCT ON (‹3›) ‹0› FROM ‹1›‹2› ORDER BY ‹3›, {}",
            total.join(", ")
        );
        let piece = Piece::form(
            Role::Query(types.clone()),
            text,
            vec![list, from, filter, key],
        );
        let piece = Piece::form(Role::Query(types), "SELECT * FROM (‹0›) AS d", vec![piece]);
        Rows {
            piece,
            columns,
            most: 1.0,
        }
    }

    fn grouped_block(&mut self, wish: Wish<'_>, depth: usize, from: Piece, filter: Piece) -> Rows {
        let Some(block) = self.blocks.pop() else {
            return self.plain_block(wish, depth, from, filter);
        };
        let rows = block.sees;
        let fits: Vec<Column> = rows
            .columns
            .iter()
            .filter(|c| sorts(c.ty) && !c.open)
            .cloned()
            .collect();
        let mut keys: Vec<Column> = Vec::new();
        for _ in 0..self.rng.below(3) {
            if !fits.is_empty() {
                let key = self.rng.pick(&fits).clone();
                if keys.iter().all(|other| other.name != key.name) {
                    keys.push(key);
                }
            }
        }
        let names: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
        let joined = names.join(", ");
        let (kind, by) = match (keys.as_slice(), self.rng.below(8)) {
            ([], _) => ("", String::new()),
            (_, 0) => ("ROLLUP", format!(" GROUP BY ROLLUP ({joined})")),
            (_, 1) => ("CUBE", format!(" GROUP BY CUBE ({joined})")),
            (_, 2) => (
                "GROUPING SETS",
                format!(" GROUP BY GROUPING SETS (({joined}), (), ({}))", names[0]),
            ),
            _ => ("GROUP BY", format!(" GROUP BY {joined}")),
        };
        if !kind.is_empty() {
            self.note(kind);
        }
        let sets = !matches!(kind, "" | "GROUP BY");
        let groups = Relation {
            keys: if sets {
                vec![]
            } else {
                (0..keys.len()).collect()
            },
            columns: keys,
            most: rows.most,
        };
        let first = groups.columns.first().map(|key| key.name.clone());
        // Rows of several sets may tie.
        let windows = !sets && !groups.columns.is_empty();
        self.blocks.push(Block {
            sees: groups,
            grouped: Some(rows),
            windows,
        });
        let mut items = self.items(wish, depth.min(1));
        if let (true, None, Some(key)) = (sets, wish.types, first) {
            self.note("GROUPING");
            items.push(Expr {
                piece: Piece::text(format!("GROUPING({key})")),
                ty: Type::Integer,
                bound: 3.0,
                scale: 0,
                open: false,
            });
        }
        if let Some(block) = self.blocks.last_mut() {
            block.windows = false;
        }
        let having = match self.chance(25) {
            true => {
                self.note("HAVING");
                let condition = self.condition(1).piece;
                Piece::optional(" HAVING ‹0›", vec![condition])
            }
            false => Piece::empty(),
        };
        let (list, columns, types) = list(items);
        let piece = Piece::form(
            Role::Query(types),
            format!("SELECT ‹0› FROM ‹1›‹2›{by}‹3›"),
            vec![list, from, filter, having],
        );
        Rows {
            piece,
            columns,
            most: 1.0,
        }
    }
}

fn named(name: &str, value: &Expr) -> Column {
    Column {
        name: name.to_owned(),
        ty: value.ty,
        bound: value.bound,
        scale: value.scale,
        open: value.open,
    }
}

/// A SELECT list, what it gives, and the types.
fn list(items: Vec<Expr>) -> (Piece, Vec<Column>, Vec<Type>) {
    let name = |at: usize| format!("c{at}");
    let columns = items
        .iter()
        .enumerate()
        .map(|(at, item)| named(&name(at), item))
        .collect();
    let types = items.iter().map(|item| item.ty).collect();
    let items = items.into_iter().enumerate();
    let pieces =
        items.map(|(at, item)| Piece::fixed(format!("‹0› AS {}", name(at)), vec![item.piece]));
    (Piece::List(", ", pieces.collect()), columns, types)
}
