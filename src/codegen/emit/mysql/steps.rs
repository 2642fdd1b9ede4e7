//! Values cut into equal steps.

use super::super::{Emitter, Res};
use rql_ir::{Func, ScalarId};

impl Emitter<'_> {
    /// `width_bucket` between written bounds.
    pub(super) fn mysql_bucket(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::WidthBucket;
        let &[value, low, high, count] = args else {
            return self.only_if(false, id, func);
        };
        let bounds = self.written_bounds(low, high);
        let (Some(ascending), Some(count)) = (bounds, self.written_count(count)) else {
            return self.only_if(false, id, func);
        };
        self.only_if(self.twice(value), id, func)?;
        let (before, behind) = if ascending {
            (" < ", " >= ")
        } else {
            (" > ", " <= ")
        };
        self.push("CASE WHEN ");
        self.value(value, 6)?;
        self.push(before);
        self.value(low, 6)?;
        self.push(" THEN 0 WHEN ");
        self.value(value, 6)?;
        self.push(behind);
        self.value(high, 6)?;
        self.push(&format!(" THEN {} ELSE ", count + 1));
        let float = self.ir.scalar(value).ty.is_float();
        self.push(if float { "CAST(FLOOR((" } else { "(" });
        self.value(value, 8)?;
        // A whole number is a double here, as are its quotients.
        self.push(if float { " + 0e0 - " } else { " - " });
        self.value(low, 9)?;
        self.push(&if float {
            ") / (".to_owned()
        } else {
            format!(") * {count} DIV (")
        });
        self.value(high, 8)?;
        self.push(" - ");
        self.value(low, 9)?;
        self.push(&if float {
            format!(") * {count}) AS SIGNED) + 1 END")
        } else {
            ") + 1 END".to_owned()
        });
        Ok(())
    }

    /// `date_bin` of a written step: the moment less what it is behind the start of its step.
    pub(super) fn mysql_bin(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::DateBin;
        let step = self.written_step(args[0]);
        let simple = self.twice(args[1]) && self.twice(args[2]);
        self.only_if(step.is_some() && simple, id, func)?;
        let step = step.unwrap_or(1);
        self.push("(");
        self.value(args[1], 9)?;
        self.push(" - INTERVAL MOD(MOD(TIMESTAMPDIFF(MICROSECOND, ");
        self.value(args[2], 0)?;
        self.push(", ");
        self.value(args[1], 0)?;
        self.push(&format!("), {step}) + {step}, {step}) MICROSECOND)"));
        Ok(())
    }
}
