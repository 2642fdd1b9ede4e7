//! What an expression can see: the columns of its block, and of the blocks around it.

use rql_ir::Type;

/// A column, or what stands for one after GROUP BY.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// How it is written where it is seen.
    pub(super) name: String,
    pub(super) ty: Type,
    /// The greatest that its amount can be; of a text, its length.
    pub(super) bound: f64,
    /// Digits after the point, at most.
    pub(super) scale: u8,
    /// Its last digits are open, so nothing may depend on them.
    pub(super) open: bool,
}

/// What a relation offers.
#[derive(Clone, Debug, Default)]
pub(super) struct Relation {
    pub(super) columns: Vec<Column>,
    /// Columns of which no two rows have the same values; none where rows may repeat.
    pub(super) keys: Vec<usize>,
    /// The most rows that there can be.
    pub(super) most: f64,
}

impl Relation {
    /// Both beside each other.
    pub(super) fn join(mut self, other: Self) -> Self {
        let offset = self.columns.len();
        self.most *= other.most;
        if self.keys.is_empty() || other.keys.is_empty() {
            self.keys.clear();
        } else {
            self.keys.extend(other.keys.iter().map(|key| key + offset));
        }
        self.columns.extend(other.columns);
        self
    }

    /// Names in whose order no two rows that differ stand beside each other at random; `None` where
    /// there are none.
    pub(super) fn total(&self) -> Option<Vec<String>> {
        if !self.keys.is_empty() {
            let keys = self.keys.iter().filter_map(|&key| self.columns.get(key));
            return Some(keys.map(|key| key.name.clone()).collect());
        }
        let all = self.columns.iter();
        all.map(|c| (!c.open && sorts(c.ty)).then(|| c.name.clone()))
            .collect()
    }

    /// The columns under other names.
    pub(super) fn renamed(&self, alias: &str) -> Self {
        let columns = self.columns.iter().map(|column| Column {
            name: format!("{alias}.{}", column.name),
            ..column.clone()
        });
        Self {
            columns: columns.collect(),
            keys: self.keys.clone(),
            most: self.most,
        }
    }
}

/// A block of a query while it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) sees: Relation,
    /// What aggregates see, where rows are grouped.
    pub(super) grouped: Option<Relation>,
    /// Window functions may stand here.
    pub(super) windows: bool,
}

/// The type without what only restricts stored values.
pub(super) fn plain(ty: Type) -> Type {
    match ty {
        Type::Varchar(_) | Type::Char(_) => Type::Text,
        Type::Decimal { .. } => Type::NUMERIC,
        other => other,
    }
}

/// Equal values of the type look alike and have one order, so that rows can be compared, grouped and
/// sorted by them: an interval of 30 days equals a month, JSON has no order, 1.0 equals 1 in JSONB.
pub(super) fn sorts(ty: Type) -> bool {
    !matches!(ty, Type::Interval | Type::Json | Type::Jsonb | Type::Real)
}
