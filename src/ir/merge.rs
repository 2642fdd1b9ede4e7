//! MERGE, and several statements that together do what one says.

use crate::{Assign, ColumnId, CteId, RelId, ScalarId, Target};
use rql_ast::Span;

/// `MERGE`.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The table.
    pub target: Target,
    /// The rows that say what to do.
    pub source: RelId,
    /// Which rows of both belong together.
    pub on: ScalarId,
    /// What is done: for each row the first arm that fits.
    pub arms: Vec<MergeArm>,
}

/// `WHEN [NOT] MATCHED [AND …] THEN …`.
#[derive(Clone, Debug)]
pub struct MergeArm {
    /// For pairs (true), or for rows of the source that belong to none of the table.
    pub matched: bool,
    /// What must hold besides.
    pub condition: Option<ScalarId>,
    /// What is done.
    pub action: MergeAct,
    /// Where it was written.
    pub span: Span,
}

/// What an arm of MERGE does.
#[derive(Clone, Debug)]
pub enum MergeAct {
    /// DO NOTHING.
    Nothing,
    /// DELETE.
    Delete,
    /// UPDATE SET.
    Update(Vec<Assign>),
    /// INSERT; no columns and no values are DEFAULT VALUES.
    Insert {
        /// The columns that get values; empty where no catalog knows them.
        columns: Vec<ColumnId>,
        /// They were written.
        listed: bool,
        /// The values, by position.
        values: Vec<ScalarId>,
    },
}

/// Statements that run one after the other, whole or not at all.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// A query whose rows are kept in a temporary table of its name while the others run.
    pub staged: CteId,
    /// Columns of it that no two rows have alike, and what it means where they do.
    pub once: Option<(Vec<ColumnId>, &'static str)>,
    /// The statements; what they change is counted together.
    pub steps: Vec<RelId>,
}

impl Merge {
    pub(crate) fn each_scalar(&self, visit: &mut dyn FnMut(ScalarId)) {
        visit(self.on);
        for arm in &self.arms {
            arm.condition.iter().for_each(|&s| visit(s));
            match &arm.action {
                MergeAct::Update(assigns) => Assign::each_scalar(assigns, visit),
                MergeAct::Insert { values, .. } => values.iter().for_each(|&s| visit(s)),
                MergeAct::Nothing | MergeAct::Delete => {}
            }
        }
    }

    /// The assignments of all arms.
    pub fn assigns(&self) -> impl Iterator<Item = &[Assign]> {
        self.arms.iter().filter_map(|arm| match &arm.action {
            MergeAct::Update(assigns) => Some(assigns.as_slice()),
            _ => None,
        })
    }
}
