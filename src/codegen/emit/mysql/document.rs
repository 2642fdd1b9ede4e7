//! Documents made of values, as PostgreSQL writes them.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Res};
use rql_ir::{Agg, Func, ScalarId, Type};

impl Emitter<'_> {
    /// A value as the text of a document.
    fn piece(&mut self, value: ScalarId, func: Func) -> Res {
        let ty = self.ir.scalar(value).ty;
        match ty {
            Type::Record => self.row_document(value, func == Func::ToJsonb),
            ty if ty.is_text() || ty.is_document() => {
                let open = if ty.is_document() { "(" } else { "JSON_QUOTE(" };
                let collation = super::collation(self.dialect);
                self.wrapped(open, &[value], &format!(") COLLATE {collation}"))
            }
            // The digits of a decimal are the type's where that says how many.
            ty if ty.is_integer() || ty.scale().is_some() && !self.is_of_scales(value) => {
                self.wrapped("CAST(", &[value], " AS CHAR)")
            }
            Type::Double => self.placed(&super::cast::double_text(), &[value]),
            Type::Date => self.wrapped("CONCAT('\"', ", &[value], ", '\"')"),
            Type::Boolean => {
                self.only_if(self.twice(value), value, func)?;
                self.wrapped("CASE WHEN ", &[value], " THEN 'true' WHEN NOT ")?;
                self.value(value, 4)?;
                self.push(" THEN 'false' END");
                Ok(())
            }
            _ => Err(self.refuse(self.ir.scalar(value).span, &format!("{ty} in a document"))),
        }
    }

    /// The same where nothing else is said.
    pub(in crate::emit) fn mysql_piece(&mut self, value: ScalarId) -> Res {
        self.piece(value, Func::ToJson)
    }

    pub(super) fn mysql_document(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        if matches!(func, Func::ToJson | Func::ToJsonb) {
            return self.piece(args[0], func);
        }
        let object = matches!(func, Func::JsonBuildObject | Func::JsonbBuildObject);
        let colon = if func == Func::JsonbBuildObject {
            ", ': ', "
        } else {
            ", ' : ', "
        };
        self.only_if(!object || args.len().is_multiple_of(2), id, func)?;
        self.push(if object { "CONCAT('{'" } else { "CONCAT('['" });
        for (at, &arg) in args.iter().enumerate() {
            let name = object && at % 2 == 0;
            self.push(match (at, object && !name) {
                (0, _) => ", ",
                (_, true) => colon,
                _ => ", ', ', ",
            });
            if name {
                self.only_if(self.written_text(arg).is_some(), id, func)?;
                self.piece(arg, func)?;
                continue;
            }
            self.push("COALESCE(");
            self.piece(arg, func)?;
            self.push(", 'null')");
        }
        self.push(if object { ", '}')" } else { ", ']')" });
        Ok(())
    }

    /// `json_agg` and `json_object_agg`; they keep NULLs, but for those that FILTER leaves out.
    pub(super) fn mysql_json_agg(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        let object = call.agg == Agg::JsonObjectAgg;
        let name = call.args.first().copied().filter(|_| object);
        let required = name.is_none_or(|name| !self.ir.scalar(name).nullable);
        let (Some(&value), false, None, true) =
            (call.args.last(), call.distinct, call.over, required)
        else {
            let what = "of names that may be NULL, of DISTINCT values or in a window";
            return Err(self.refuse(span, &format!("{} {what}", call.agg.name())));
        };
        self.push(if object {
            "CONCAT('{ ', "
        } else {
            "CONCAT('[', "
        });
        self.push("GROUP_CONCAT(");
        if let Some(filter) = call.filter {
            self.wrapped("CASE WHEN ", &[filter], " THEN ")?;
        }
        if let Some(name) = name {
            let text = self.ir.scalar(name).ty.is_text();
            self.push("CONCAT(");
            match text {
                true => self.piece(name, Func::ToJson)?,
                false => {
                    self.push("'\"', ");
                    self.value_text(name, name, ("true", "false"), 0)?;
                    self.push(", '\"'");
                }
            }
            self.push(", ' : ', ");
        }
        self.push("COALESCE(");
        self.piece(value, Func::ToJson)?;
        self.push(", 'null')");
        self.push(if object { ")" } else { "" });
        self.push(if call.filter.is_some() { " END" } else { "" });
        for (at, key) in call.order.iter().enumerate() {
            self.push(if at == 0 { " ORDER BY " } else { ", " });
            self.concat_key(key)?;
        }
        // Rows stand on lines of their own.
        let lines = !object && self.ir.scalar(value).ty == Type::Record;
        self.push(if lines {
            " SEPARATOR ', \n '), "
        } else {
            " SEPARATOR ', '), "
        });
        self.push(if object { "' }')" } else { "']')" });
        Ok(())
    }

    /// A text as a literal, with E before it where a backslash stands in it.
    pub(super) fn mysql_quoted(&mut self, id: ScalarId, func: Func, arg: ScalarId) -> Res {
        self.only_if(self.twice(arg), id, func)?;
        let nullable = func == Func::QuoteNullable;
        self.push(if nullable { "COALESCE(" } else { "" });
        self.wrapped("CONCAT(IF(LOCATE('\\', ", &[arg], ") > 0, 'E', ''), '''', ")?;
        self.wrapped(
            "REPLACE(REPLACE(",
            &[arg],
            ", '\\', '\\\\'), '''', ''''''), '''')",
        )?;
        self.push(if nullable { ", 'NULL')" } else { "" });
        Ok(())
    }

    /// The products of which a decimal has the digits are written out.
    pub(super) fn mysql_factorial(&mut self, id: ScalarId, arg: ScalarId) -> Res {
        const MOST: u32 = 33;
        self.only_if(self.twice(arg), id, Func::Factorial)?;
        let products = (1..=MOST).scan(1_u128, |product, n| {
            *product *= u128::from(n);
            Some(format!(", {product}"))
        });
        let products: String = products.collect();
        self.unless(
            "[22003] value overflows numeric format",
            |this| {
                this.value(arg, 7)?;
                this.push(&format!(" NOT BETWEEN 0 AND {MOST}"));
                Ok(())
            },
            |this| {
                this.wrapped(
                    "CAST(ELT(",
                    &[arg],
                    &format!(" + 1, 1{products}) AS DECIMAL(65,0))"),
                )
            },
        )
    }
}
