//! EXPORT: a table's or query's rows to a file, whole or not at all.

use crate::connection::Outcome;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::sinks::Options;
use crate::transfer::progress::Metered;
use rql_ast::{Ast, Span, Target, Transfer};
use std::time::Instant;

impl Session {
    /// `EXPORT t | (query) TO 'f' [FORMAT …] [APPEND] [OPTIONS (…)]`.
    pub(crate) fn export(
        &mut self,
        ast: &Ast,
        transfer: Transfer,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (Some(source), Some(file)) = (transfer.source, transfer.file) else {
            return Ok(());
        };
        let (prepared, _) = self.source(ast, source, span, out)?;
        let mut to = self.redirection(ast, transfer, file, Options::default(), out)?;
        if let Target::Table(name) = source
            && to.options.table.is_none()
        {
            let last = ast[name.parts].last();
            to.options.table = last.map(|&part| ast.name(part).into_owned());
        }
        let start = Instant::now();
        let options = to.options.clone();
        let mut sink = to.format.sink(&mut to, &options);
        let expected = match out.meters {
            Some(_) => self.expected(ast, source),
            None => 0,
        };
        let mut metered = Metered {
            rows: sink.as_mut(),
            meter: out.meter("exporting"),
            count: 0,
            expected,
        };
        let done = self.stream(&prepared, &mut metered, ast, span);
        drop(metered);
        let done = done?;
        sink.finish()?;
        drop(sink);
        let (Outcome::Rows(rows) | Outcome::Changed(rows)) = done;
        to.finish()?;
        out.footer(rows, "row exported", start.elapsed())?;
        Ok(())
    }
}
