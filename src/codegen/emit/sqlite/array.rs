//! Arrays on SQLite: JSON text whose elements are SQLite's values, decimals as text.

use crate::emit::{Emitter, Rep, Res, Use};
use rql_ir::{ColumnId, Func, RelId, ScalarId, ScalarKind, Type};

/// What the elements of an array are, where their JSON does not say it.
pub(in crate::emit) fn form(ty: Type) -> &'static str {
    let element = match ty {
        Type::Array(element) => *element,
        other => other,
    };
    match element {
        Type::Boolean => "b",
        Type::Decimal { .. } => "n",
        Type::Real => "r",
        Type::Double => "f",
        Type::Interval => "v",
        Type::Date => "d",
        Type::Time => "h",
        Type::Timestamp => "s",
        Type::TimestampTz => "z",
        ty if ty.is_integer() => "i",
        _ => "t",
    }
}

/// True for arrays, which a result shows in PostgreSQL's text.
pub(in crate::emit) const fn is_array(ty: Type) -> bool {
    matches!(ty, Type::Array(_))
}

impl Emitter<'_> {
    fn ty(&self, id: ScalarId) -> Type {
        self.ir.scalar(id).ty
    }

    /// Writes a value as an element.
    pub(super) fn element(&mut self, id: ScalarId) -> Res {
        if !self.ty(id).is_decimal() {
            return self.scalar(id, Rep::Plain, 0);
        }
        // Each element keeps its own scale.
        self.decimal_text(self.before_widening(id))
    }

    /// An element that is taken out, in the form of its type.
    fn taken(&mut self, ty: Type, write: impl FnOnce(&mut Self) -> Res) -> Res {
        let Rep::Scaled(scale) = self.computed(ty) else {
            return write(self);
        };
        self.push("rql_units(");
        write(self)?;
        self.push(&format!(", {scale})"));
        Ok(())
    }

    /// `ARRAY[a, b]`.
    pub(in crate::emit) fn sqlite_array(&mut self, id: ScalarId, items: &[ScalarId]) -> Res {
        let ty = self.ty(id);
        if ty == Type::Blob.array() {
            return Err(self.refuse(self.ir.scalar(id).span, "an array of bytes"));
        }
        let exact = !matches!(form(ty), "r" | "f");
        self.push(if exact { "json_array(" } else { "rql_array(" });
        self.list(items, |this, item| {
            // What is JSON already stays an array inside the array.
            let nested = is_array(this.ty(item));
            let written = matches!(this.ir.scalar(item).kind, ScalarKind::Array(_)) && exact;
            if nested && !exact {
                return Err(this.refuse(this.ir.scalar(item).span, "such an array of arrays"));
            }
            this.push(if nested && !written { "json(" } else { "" });
            this.element(item)?;
            this.push(if nested && !written { ")" } else { "" });
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    /// `ARRAY(SELECT …)`.
    pub(in crate::emit) fn sqlite_array_query(&mut self, query: RelId, column: ColumnId) -> Res {
        let name = self.ir.column(column).name.clone();
        let ty = self.ir.column(column).ty;
        let has = self.computed(ty);
        if self.is_column_of_scales(column) && has != Rep::Numeric {
            let span = self.ir.rel(query).span;
            return Err(self.refuse(span, "an array of decimals with other digits each"));
        }
        self.push("(SELECT coalesce(rql_array_agg(");
        let around = (ty.is_decimal() && has != Rep::Numeric)
            .then(|| self.opening(ty, has, Rep::Numeric))
            .transpose()?;
        if let Some((open, _)) = &around {
            self.push(open);
        }
        self.name(&name);
        if let Some((_, close)) = &around {
            self.push(close);
        }
        self.push("), '[]') FROM (");
        self.query(query, &[name], Use::Named)?;
        self.push("))");
        Ok(())
    }

    /// `x op ANY (array)`.
    pub(in crate::emit) fn sqlite_of_array(
        &mut self,
        func: Func,
        all: bool,
        operand: ScalarId,
        array: ScalarId,
        above: u8,
    ) -> Res {
        let form = form(self.ty(array));
        // SQLite's own IN finds rows by an index; values that compare by their bytes it compares alike.
        let within = matches!((func, all), (Func::Eq, false) | (Func::Ne, true));
        let listed = matches!(self.ir.scalar(array).kind, ScalarKind::Param(_));
        let plain = matches!(form, "i" | "b")
            || matches!(self.ty(operand), Type::Text | Type::Varchar(_) | Type::Date);
        if within && listed && plain {
            return self.bracket(above > 6, |this| {
                this.scalar(operand, Rep::Plain, 7)?;
                this.push(if all { " NOT IN" } else { " IN" });
                this.push(" (SELECT value FROM json_each(coalesce(");
                this.scalar(array, Rep::Plain, 0)?;
                // Of a list that is NULL nobody knows what it holds.
                this.push(", '[null]')))");
                Ok(())
            });
        }
        self.push(if all { "rql_all('" } else { "rql_any('" });
        self.push(func.name());
        self.push("', ");
        self.element(operand)?;
        self.push(", ");
        self.scalar(array, Rep::Plain, 0)?;
        self.push(&format!(", '{form}')"));
        Ok(())
    }

    /// An array whose text is given, as PostgreSQL's text.
    pub(in crate::emit) fn array_text_of(&self, ty: Type, written: &str) -> String {
        match self.is_mysql() {
            true => self.mysql_array_text_of(ty, written),
            false => format!("rql_array_text({written}, '{}')", form(ty)),
        }
    }

    /// Writes an array as PostgreSQL's text.
    pub(in crate::emit) fn array_text(&mut self, id: ScalarId) -> Res {
        if self.is_mysql() {
            return self.mysql_array_text(id);
        }
        let form = form(self.ty(id));
        self.push("rql_array_text(");
        self.scalar(id, Rep::Plain, 0)?;
        self.push(&format!(", '{form}')"));
        Ok(())
    }

    /// Functions of arrays.
    pub(super) fn arrays(&mut self, func: Func, args: &[ScalarId], ty: Type) -> Res {
        use Func as F;
        let form = form(self.ty(args[0]));
        match func {
            F::ArrayGet => self.taken(ty, |this| this.plain_runtime("rql_array_get", args, "")),
            F::ArraySlice => self.plain_runtime("rql_array_slice", args, ""),
            F::ArrayConcat | F::ArrayCat => {
                match [args[0], args[1]].map(|a| is_array(self.ty(a))) {
                    [true, true] => self.elements("rql_array_concat", args, ""),
                    [true, false] => self.elements("rql_array_append", args, ""),
                    _ => self.elements("rql_array_prepend", args, ""),
                }
            }
            F::ArrayAppend => self.elements("rql_array_append", args, ""),
            F::ArrayPrepend => self.elements("rql_array_prepend", args, ""),
            F::ArrayPosition => {
                self.push("rql_array_position(");
                self.scalar(args[0], Rep::Plain, 0)?;
                self.push(", ");
                self.element(args[1])?;
                self.push(&format!(", '{form}'"));
                if let Some(&from) = args.get(2) {
                    self.push(", ");
                    self.scalar(from, Rep::Plain, 0)?;
                }
                self.push(")");
                Ok(())
            }
            F::ArrayPositions => self.elements("rql_array_positions", args, form),
            F::ArrayRemove => self.elements("rql_array_remove", args, form),
            F::ArrayReplace => self.elements("rql_array_replace", args, form),
            F::ArrayContains => self.elements("rql_array_contains", args, form),
            F::ArrayContained => self.elements("rql_array_contains", &[args[1], args[0]], form),
            F::ArrayOverlap => self.elements("rql_array_overlap", args, form),
            F::ArrayToString => {
                let none = if args.len() < 3 { ", NULL" } else { "" };
                self.plain_runtime("rql_array_to_string", args, &format!("{none}, '{form}'"))
            }
            _ => {
                let none = if args.len() < 3 { ", NULL" } else { "" };
                self.plain_runtime("rql_string_to_array", args, none)
            }
        }
    }

    /// A call of arrays and elements, behind which their form stands.
    fn elements(&mut self, name: &str, args: &[ScalarId], form: &str) -> Res {
        self.push(name);
        self.push("(");
        self.list(args, Self::element)?;
        if !form.is_empty() {
            self.push(&format!(", '{form}'"));
        }
        self.push(")");
        Ok(())
    }
}
