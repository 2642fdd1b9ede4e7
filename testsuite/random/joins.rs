//! What stands in FROM.

use super::Generator;
use super::piece::{Piece, Role};
use super::scope::{Block, Column, Relation};
use rql_ir::Type;

/// The most rows that a table has.
const TABLE: f64 = 20.0;

impl Generator<'_> {
    /// A relation with an alias of its own.
    fn relation(&mut self, depth: usize) -> (Piece, Relation, String) {
        let alias = self.alias();
        let pick = if depth == 0 { 0 } else { self.rng.below(20) };
        let (piece, relation) = match pick {
            0..=10 => self.table(&alias),
            11..=13 if !self.named.is_empty() => {
                let (name, relation) = self.rng.pick(&self.named).clone();
                if relation.most > self.room {
                    let (piece, relation) = self.table(&alias);
                    return (piece, relation, alias);
                }
                (
                    Piece::relation(format!("{name} AS {alias}"), vec![]),
                    relation.renamed(&alias),
                )
            }
            14 => self.series(&alias),
            15 => self.values(&alias),
            16..=18 => {
                self.note("query in FROM");
                let outer = std::mem::replace(&mut self.outer, false);
                let query = self.query(None, depth - 1, false);
                self.outer = outer;
                let relation = query.relation().renamed(&alias);
                (
                    Piece::relation(format!("(‹0›) AS {alias}"), vec![query.piece]),
                    relation,
                )
            }
            _ => self.table(&alias),
        };
        (piece, relation, alias)
    }

    fn table(&mut self, alias: &str) -> (Piece, Relation) {
        let table = self.rng.pick(&self.world.tables);
        (
            Piece::relation(format!("{} AS {alias}", table.name), vec![]),
            table.relation(alias),
        )
    }

    fn series(&mut self, alias: &str) -> (Piece, Relation) {
        self.note("generate_series");
        let low = self.rng.below(4) as i32 - 1;
        let high = low + self.rng.below(5) as i32;
        let column = Column {
            name: format!("{alias}.n"),
            ty: Type::Integer,
            bound: 10.0,
            scale: 0,
            open: false,
        };
        let relation = Relation {
            columns: vec![column],
            keys: vec![0],
            most: 5.0,
        };
        (
            Piece::relation(
                format!("generate_series({low}, {high}) AS {alias}(n)"),
                vec![],
            ),
            relation,
        )
    }

    fn values(&mut self, alias: &str) -> (Piece, Relation) {
        self.note("VALUES");
        let types = [self.sorted_type(), self.sorted_type()];
        let blocks = std::mem::take(&mut self.blocks);
        let mut columns: Vec<Column> = Vec::new();
        let mut rows = Vec::new();
        for number in 0..2 + self.rng.below(2) {
            let mut cells = Vec::new();
            for (at, ty) in types.iter().enumerate() {
                let value = self.atom(*ty, true);
                let known = (value.bound, value.scale);
                match columns.get_mut(at) {
                    Some(column) => {
                        column.bound = column.bound.max(known.0);
                        column.scale = column.scale.max(known.1);
                    }
                    None => columns.push(Column {
                        name: format!("{alias}.v{at}"),
                        ty: *ty,
                        bound: known.0,
                        scale: known.1,
                        open: false,
                    }),
                }
                cells.push(value.piece);
            }
            let _ = number;
            rows.push(Piece::fixed("(‹0›, ‹1›)", cells));
        }
        self.blocks = blocks;
        let piece = Piece::relation(
            format!("(VALUES ‹0›) AS {alias}(v0, v1)"),
            vec![Piece::List(", ", rows)],
        );
        (
            piece,
            Relation {
                columns,
                keys: vec![],
                most: 3.0,
            },
        )
    }

    /// What stands behind FROM, joins included.
    pub(super) fn from(&mut self, depth: usize) -> (Piece, Relation) {
        let (mut piece, mut sees, alias) = self.relation(depth);
        let count = match self.rng.below(10) {
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        if self.chance(10) {
            return self.half_join(piece, sees, &alias);
        }
        if self.chance(5) {
            return self.nearest(piece, sees);
        }
        if self.chance(5) && has_key(&sees) {
            return self.natural(piece, sees);
        }
        for _ in 0..count {
            (piece, sees) = self.joined(piece, sees, depth);
        }
        (piece, sees)
    }

    /// SEMI and ANTI JOIN.
    fn half_join(&mut self, left: Piece, mut sees: Relation, alias: &str) -> (Piece, Relation) {
        let (right, mut other, _) = self.relation(0);
        let (word, not) = *self.rng.pick(&[("SEMI", ""), ("ANTI", "NOT ")]);
        self.note(&format!("{word} JOIN"));
        let on = self.on(&mut sees, &mut other, false);
        let piece = Piece::relation(format!("‹0› {word} JOIN ‹1› ON ‹2›"), vec![left, right, on])
            .asked(format!(
                "(SELECT * FROM ‹0› WHERE {not}EXISTS (SELECT 1 FROM ‹1› WHERE ‹2›)) AS {alias}"
            ));
        (piece, sees)
    }

    /// ASOF JOIN, of which PostgreSQL is asked by LATERAL: an `id` is there once, so that one row is nearest.
    fn nearest(&mut self, left: Piece, sees: Relation) -> (Piece, Relation) {
        let integers = sees.columns.iter().filter(|c| c.ty == Type::Integer);
        let integers: Vec<String> = integers.map(|c| c.name.clone()).collect();
        if integers.is_empty() {
            return (left, sees);
        }
        self.note("ASOF JOIN");
        let alias = self.alias();
        let table = self.rng.pick(&self.world.tables);
        let (name, other) = (table.name.clone(), table.relation(&alias));
        let by = self.rng.pick(&integers).clone();
        let equal = self.rng.pick(&integers).clone();
        let (op, end) = *self
            .rng
            .pick(&[(">=", " DESC"), (">", " DESC"), ("<=", ""), ("<", "")]);
        let same = match self.chance(50) {
            true => Piece::optional(format!("{equal} = {alias}.k AND "), vec![]),
            false => Piece::empty(),
        };
        let (word, asked) = *self
            .rng
            .pick(&[("ASOF JOIN", "JOIN"), ("ASOF LEFT JOIN", "LEFT JOIN")]);
        let piece = Piece::relation(
            format!("‹0› {word} {name} AS {alias} ON ‹1›{by} {op} {alias}.id"),
            vec![left, same],
        )
        .asked(format!(
            "‹0› {asked} LATERAL (SELECT * FROM {name} AS {alias} WHERE ‹1›{by} {op} {alias}.id \
             ORDER BY {alias}.id{end} LIMIT 1) AS {alias} ON TRUE"
        ));
        (piece, sees.join(other))
    }

    /// NATURAL JOIN by `k`, the one column that both have.
    fn natural(&mut self, left: Piece, sees: Relation) -> (Piece, Relation) {
        self.note("NATURAL JOIN");
        let alias = self.alias();
        let table = self.rng.pick(&self.world.tables);
        let name = table.name.clone();
        let mut other = table.relation(&alias);
        other.columns.truncate(2);
        other.columns[0].name = format!("{alias}.n0");
        let word = *self
            .rng
            .pick(&["NATURAL JOIN", "NATURAL LEFT JOIN", "NATURAL RIGHT JOIN"]);
        let piece = Piece::relation(
            format!("‹0› {word} (SELECT id AS n0, k FROM {name}) AS {alias}"),
            vec![left],
        );
        (piece, sees.join(other))
    }

    fn joined(&mut self, left: Piece, sees: Relation, depth: usize) -> (Piece, Relation) {
        // What it costs a database is no matter here.
        if sees.most * TABLE > self.room {
            return (left, sees);
        }
        let room = self.room;
        self.room /= sees.most.max(1.0);
        let joined = self.joined_within(left, sees, depth);
        self.room = room;
        joined
    }

    fn joined_within(
        &mut self,
        left: Piece,
        mut sees: Relation,
        depth: usize,
    ) -> (Piece, Relation) {
        if depth > 0 && self.chance(15) {
            return self.lateral(left, sees, depth);
        }
        let (right, mut other, _) = self.relation(depth.min(1));
        let (word, name) = *self.rng.pick(&[
            ("JOIN", "INNER JOIN"),
            ("JOIN", "INNER JOIN"),
            ("LEFT JOIN", "LEFT JOIN"),
            ("LEFT JOIN", "LEFT JOIN"),
            ("RIGHT JOIN", "RIGHT JOIN"),
            ("FULL JOIN", "FULL JOIN"),
            ("CROSS JOIN", "CROSS JOIN"),
            (",", "comma"),
        ]);
        self.note(name);
        let piece = match word {
            "CROSS JOIN" => Piece::relation("‹0› CROSS JOIN ‹1›", vec![left, right]),
            "," => Piece::relation("‹0›, ‹1›", vec![left, right]),
            _ if self.chance(12) && has_key(&sees) && has_key(&other) => {
                self.note("USING");
                Piece::relation(format!("‹0› {word} ‹1› USING (k)"), vec![left, right])
            }
            _ => {
                let on = self.on(&mut sees, &mut other, word == "FULL JOIN");
                Piece::relation(format!("‹0› {word} ‹1› ON ‹2›"), vec![left, right, on])
            }
        };
        (piece, sees.join(other))
    }

    fn lateral(&mut self, left: Piece, sees: Relation, depth: usize) -> (Piece, Relation) {
        let alias = self.alias();
        self.blocks.push(Block {
            sees: sees.clone(),
            ..Block::default()
        });
        let outer = std::mem::replace(&mut self.outer, true);
        let query = self.query(None, depth - 1, false);
        self.outer = outer;
        self.blocks.pop();
        let relation = query.relation().renamed(&alias);
        let (name, text) = match self.chance(50) {
            true => (
                "LATERAL",
                format!("‹0› CROSS JOIN LATERAL (‹1›) AS {alias}"),
            ),
            false => (
                "LEFT JOIN LATERAL",
                format!("‹0› LEFT JOIN LATERAL (‹1›) AS {alias} ON TRUE"),
            ),
        };
        self.note(name);
        (
            Piece::relation(text, vec![left, query.piece]),
            sees.join(relation),
        )
    }

    /// A condition between two relations; FULL JOIN takes equalities alone.
    fn on(&mut self, left: &mut Relation, right: &mut Relation, plain: bool) -> Piece {
        let mut pairs = Vec::new();
        for a in &left.columns {
            for b in &right.columns {
                let small = a.bound <= 100.0 && a.ty == Type::Integer;
                if a.ty == b.ty && !a.open && !b.open && super::scope::sorts(a.ty) {
                    let weight = if small { 3 } else { 1 };
                    pairs.extend(std::iter::repeat_n(
                        (a.name.clone(), b.name.clone()),
                        weight,
                    ));
                }
            }
        }
        let equal = match pairs.is_empty() {
            true => "1 = 1".to_owned(),
            false => {
                let (a, b) = self.rng.pick(&pairs);
                alike(left, right, (a, b));
                format!("{a} = {b}")
            }
        };
        if plain || self.chance(60) {
            return Piece::text(equal);
        }
        self.blocks.push(Block {
            sees: left.clone().join(right.clone()),
            ..Block::default()
        });
        let outer = std::mem::replace(&mut self.outer, false);
        let more = self.condition(1).piece;
        self.outer = outer;
        self.blocks.pop();
        let more = Piece::optional(" AND ‹0›", vec![more]);
        match pairs.is_empty() {
            true => Piece::form(Role::Fixed, "1 = 1‹0›", vec![more]),
            false => Piece::fixed(format!("{equal}‹0›"), vec![more]),
        }
    }
}

/// Two columns that are equal: an engine may compute with either, also before it joins the rows.
fn alike(left: &mut Relation, right: &mut Relation, (a, b): (&str, &str)) {
    let mut both: Vec<_> = left.columns.iter_mut().chain(&mut right.columns).collect();
    both.retain(|column| column.name == a || column.name == b);
    let bound = both.iter().map(|column| column.bound).fold(0.0, f64::max);
    for column in both {
        column.bound = bound;
    }
}

/// True for one table, which has the column `k`.
fn has_key(relation: &Relation) -> bool {
    let mut tables = relation
        .columns
        .iter()
        .filter_map(|column| column.name.split_once('.'));
    let Some((first, _)) = tables.clone().next() else {
        return false;
    };
    tables.clone().any(|(_, name)| name == "k") && tables.all(|(table, _)| table == first)
}
