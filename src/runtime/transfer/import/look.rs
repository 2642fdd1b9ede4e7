//! What columns a file has, for whoever checks a statement that will read it.

use super::in_place::format_of;
use super::{Fate, Incoming, Reading, Wanted, unique};
use crate::config::limits::{Access, Limits};
use crate::config::settings::Settings;
use crate::failure::Failure;
use crate::session::statements::literal;
use crate::transfer::load::declared;
use crate::transfer::options::reader_options;
use crate::transfer::progress::Unseen;
use rql::{LookIntoFiles, TableColumn};
use rql_ast::{Ast, Relation, RelationKind};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Records by which types are told: nobody waits for all of a long file while typing.
const SAMPLE: u64 = 1000;

/// Looks into the files that FROM reads, from a folder on; what it has seen it keeps until the file changes.
#[must_use]
pub fn look_into_files(folder: PathBuf, settings: &Settings) -> Arc<LookIntoFiles> {
    let settings = settings.clone();
    let seen: Mutex<HashMap<String, (SystemTime, Vec<TableColumn>)>> = Mutex::default();
    Arc::new(move |ast: &Ast, relation: Relation| {
        let source = ast.file_source(relation)?;
        let [file] = source.files.as_slice() else {
            return None;
        };
        let limits = Limits::of(&settings);
        let path = limits.file(&folder.join(file), Access::Read).ok()?;
        let about = std::fs::metadata(&path).ok().filter(|it| it.is_file())?;
        let written = about.modified().ok()?;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(&source.text).filter(|known| known.0 == written);
        if let Some((_, columns)) = known {
            return Some(columns.clone());
        }
        let columns = columns(ast, relation, &path)?;
        seen.insert(source.text, (written, columns.clone()));
        Some(columns)
    })
}

/// The columns of a file by its first records.
fn columns(ast: &Ast, relation: Relation, path: &Path) -> Option<Vec<TableColumn>> {
    let source = ast.file_source(relation)?;
    let mut reading = Reading {
        format: format_of(relation, &source, path)?,
        sample: Some(SAMPLE),
        ..Reading::default()
    };
    if let RelationKind::Function { call, .. } = relation.kind {
        let args = &ast[ast[call].args];
        let unknown = || Failure::Diagnostics(Vec::new());
        let mut value = |id| literal(ast, id).ok_or_else(unknown);
        reader_options(ast, args, relation.span, &mut reading, &mut value).ok()?;
    }
    reading.sample = Some(reading.sample.map_or(SAMPLE, |asked| asked.min(SAMPLE)));
    let wanted = Wanted {
        path: path.to_owned(),
        reading,
        fate: Fate::Made,
        dry: false,
        place: relation.span,
    };
    let file = wanted.open().ok()?;
    let names = unique(file.names().iter().map(String::as_str));
    let found = wanted.columns_found(file, names, Box::new(Unseen)).ok()?;
    let column = |found: Incoming| TableColumn {
        declared: declared(found.ty),
        name: found.name,
        ty: found.ty,
        nullable: true,
        ..TableColumn::default()
    };
    Some(found.into_iter().map(column).collect())
}
