//! Functions that every dialect but PostgreSQL writes by the same small means.

use super::{Emitter, Rep, Res};
use rql_ir::{Func, ScalarId};

/// A piece of a written form of `format`.
enum Piece {
    Text(String),
    /// The argument of this number, from 1.
    Argument(usize),
}

impl Emitter<'_> {
    /// `num_nulls` and `num_nonnulls`: a truth value for each argument, added up.
    pub(super) fn count_nulls(&mut self, func: Func, args: &[ScalarId]) -> Res {
        self.push("(");
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 {
                "CASE WHEN "
            } else {
                " + CASE WHEN "
            });
            let rep = self.natural(arg);
            self.scalar(arg, rep, 5)?;
            self.push(match func {
                Func::NumNulls => " IS NULL THEN 1 ELSE 0 END",
                _ => " IS NULL THEN 0 ELSE 1 END",
            });
        }
        self.push(")");
        Ok(())
    }

    /// `format` of a written form that only says where its arguments stand; `argument` writes the text of
    /// one.
    pub(super) fn format(
        &mut self,
        id: ScalarId,
        args: &[ScalarId],
        mut argument: impl FnMut(&mut Self, ScalarId) -> Res,
    ) -> Res {
        let pieces = self.written_text(args[0]).and_then(pieces);
        let known = pieces.as_ref().is_some_and(|pieces| {
            let mut pieces = pieces.iter();
            pieces.all(|piece| !matches!(piece, Piece::Argument(at) if args.get(*at).is_none()))
        });
        // What no piece shows may be an error all the same.
        let shown = |at: usize| {
            let mut pieces = pieces.iter().flatten();
            pieces.any(|piece| matches!(piece, Piece::Argument(shown) if *shown == at))
        };
        let known = known && (1..args.len()).all(|at| shown(at) || self.definite(args[at]));
        self.only_if(known, id, Func::Format)?;
        self.push("concat(''");
        for piece in pieces.unwrap_or_default() {
            self.push(", ");
            match piece {
                Piece::Text(text) => self.string(&text),
                Piece::Argument(at) => argument(self, args[at])?,
            }
        }
        self.push(")");
        Ok(())
    }

    /// The scale of a decimal, where each of its values has it.
    pub(super) fn scale_of(&self, id: ScalarId) -> Option<u8> {
        let scalar = self.ir.scalar(id);
        match scalar.kind {
            rql_ir::ScalarKind::Cast { operand, .. } if scalar.ty.scale().is_none() => {
                let from = self.ir.scalar(operand).ty;
                from.is_integer().then_some(0)
            }
            _ => scalar.ty.scale(),
        }
    }

    /// Writes an operand as it is.
    pub(super) fn operand(&mut self, id: ScalarId, above: u8) -> Res {
        self.scalar(id, Rep::Plain, above)
    }
}

/// The pieces of a form of `%s`, `%1$s` and `%%`; `None` where it has others.
fn pieces(form: &str) -> Option<Vec<Piece>> {
    let (mut all, mut text, mut next) = (Vec::new(), String::new(), 1);
    let mut rest = form;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(behind) = behind.strip_prefix('%') {
            text.push('%');
            rest = behind;
            continue;
        }
        if !text.is_empty() {
            all.push(Piece::Text(std::mem::take(&mut text)));
        }
        let place = behind.split('s').next()?;
        rest = behind.strip_prefix(place)?.strip_prefix('s')?;
        let at = match place.strip_suffix('$') {
            Some(number) => number.parse().ok().filter(|&at| at > 0)?,
            None if place.is_empty() => next,
            None => return None,
        };
        next = at + 1;
        all.push(Piece::Argument(at));
    }
    text.push_str(rest);
    if !text.is_empty() {
        all.push(Piece::Text(text));
    }
    Some(all)
}
