//! The relational algebra of RQL.
//!
//! Knows: the syntax tree, a catalog, types, functions. Must never know: a dialect, a connection, text.
//!
//! Shape: [`lower_query`] turns one statement of the tree into an [`Ir`]: relational operators over typed
//! scalars in one arena, with index ids. Every column has an identity ([`ColumnId`]) and every
//! reference is by identity; names are only remembered for headers and for the reader. Sugar is gone:
//! `*` is expanded, ordinals and aliases are resolved, conversions are explicit.
#![deny(missing_docs)]

mod apart;
mod array_text;
mod catalog;
mod change;
mod compared;
mod constant;
mod ddl;
mod define;
mod definition;
mod depends;
mod effect;
pub mod function;
mod implied;
mod ir;
pub mod json_path;
mod lower;
mod merge;
mod origin;
pub mod others;
mod own;
mod parts;
mod print;
mod print_change;
mod relation;
pub mod rewrite;
mod scalar;
mod shows;
mod table;
mod template;
mod types;
mod verify;
mod visit;
mod zone;

pub use apart::{Entangled, How, entangled};
pub use array_text::{ArrayText, read_array};
pub use catalog::{Catalog, FileTable, Found, LookIntoFiles, NameMatch, within};
pub use change::{ArrayPart, Assign, Conflict, Delete, Insert, Target, Update};
pub use ddl::{Change, changes};
pub use define::{
    Alter, Constraint, ConstraintKind, Define, IndexKept, MadeOf, NewColumn, NewIndex, NewTable,
    ObjectName, SequenceSetting, SettingValue, TableOption,
};
pub use definition::{Definition, DefinitionKind};
pub use depends::{Dependent, named_in_from};
pub use effect::Effect;
pub use function::{Agg, Func};
pub use ir::{
    Column, ColumnId, Cte, CteId, Cycle, Guard, GuardId, Ir, Param, ParamName, RelId, ScalarId,
    Search,
};
pub use lower::{
    Env, FIELDS_OF_MOMENTS, Lowered, Part, SeenColumn, SeenRelation, Sight, Survey,
    lower_condition, lower_expr, lower_query, lower_statement, read_interval, survey,
};
pub use merge::{Merge, MergeAct, MergeArm, Sequence};
pub use origin::{Origin, origins};
pub use own::OwnFunction;
pub use parts::{KeptPart, Parts, distinct_names};
pub use print::{decimal_text, print};
pub use relation::{Item, JoinKind, Merged, Rel, RelKind, SetOp, TableFunc};
pub use rewrite::{Capabilities, mentions};
pub use scalar::{
    Frame, FrameBound, FrameExclude, FrameUnit, Literal, Missing, Scalar, ScalarKind, SortKey,
    WindowFunc,
};
pub use shows::{Shown, Shows, shows};
pub use table::{Check, ForeignKey, Index, IndexKey, Key, Table, TableColumn, TableKind, sequence};
pub use template::{Condition, Operand, answers};
pub use types::Type;
pub use verify::verify;
pub use zone::{
    Abbreviation, ZONE_ABBREVIATIONS, before_abbreviation, is_zone_name, zone_abbreviation,
};
