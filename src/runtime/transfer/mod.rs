//! Rows and files: into tables, out of them, from one database to another; and where the files stand.

pub(crate) mod copy;
pub(crate) mod destination;
pub(crate) mod estimate;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod import;
pub(crate) mod load;
pub(crate) mod options;
pub(crate) mod progress;
pub(crate) mod redirect;
pub(crate) mod whole_file;
