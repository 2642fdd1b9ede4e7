//! Documents on SQLite: each value as JSON text by its type, put together by functions of the session.

use super::{form, is_array};
use crate::emit::aggregate::Aggregation;
use crate::emit::{Emitter, Rep, Res};
use rql_ast::Span;
use rql_ir::json_path::JsonPath;
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// A value as JSON text; NULL stays NULL.
    pub(in crate::emit) fn json_of(&mut self, id: ScalarId) -> Res {
        let ty = self.ir.scalar(id).ty;
        let form = match ty {
            Type::Unknown => return Err(self.untyped("a document", id)),
            Type::Record => return self.row_document(id, false),
            Type::Blob => return Err(self.refuse(self.ir.scalar(id).span, "bytes in a document")),
            Type::Array(&(Type::Json | Type::Jsonb)) => {
                return Err(self.refuse(self.ir.scalar(id).span, &format!("{ty} in a document")));
            }
            Type::Array(_) => format!("[{}", form(ty)),
            // Quoted as they are.
            Type::Date | Type::Time => "t".into(),
            Type::Timestamp => "s".into(),
            Type::TimestampTz => "z".into(),
            Type::Json | Type::Jsonb => "j".into(),
            ty => form(ty).to_owned(),
        };
        self.push("rql_to_json(");
        match ty.is_decimal() {
            true => self.decimal_text(id)?,
            false => self.scalar(id, Rep::Plain, 0)?,
        }
        self.push(&format!(", '{form}')"));
        Ok(())
    }

    /// What a document says, of one that is written here.
    pub(super) fn as_jsonb(&mut self, write: impl FnOnce(&mut Self) -> Res) -> Res {
        self.push("rql_jsonb(");
        write(self)?;
        self.push(")");
        Ok(())
    }

    /// A path that is written has to be one that the session's functions follow.
    pub(in crate::emit) fn own_path(&self, path: ScalarId) -> Res {
        let scalar = self.ir.scalar(path);
        let ScalarKind::Literal(Literal::Text(text)) = &scalar.kind else {
            return Ok(());
        };
        match JsonPath::read(text).ok().and_then(|path| path.foreign) {
            Some(foreign) => {
                let what = format!("{foreign} in a path of SQL/JSON");
                Err(self.refuse(scalar.span, &what))
            }
            None => Ok(()),
        }
    }

    pub(super) fn json_built(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let object = matches!(func, Func::JsonBuildObject | Func::JsonbBuildObject);
        if object && args.len() % 2 == 1 {
            let refused = self.refuse(self.ir.scalar(id).span, "a name without a value");
            return Err(Box::new(refused.help("names and values take turns")));
        }
        self.push(if object {
            "rql_json_build_object("
        } else {
            "rql_json_build_array("
        });
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " });
            if object && at % 2 == 0 {
                self.json_name(arg)?;
            } else {
                self.json_of(arg)?;
            }
        }
        self.push(")");
        Ok(())
    }

    fn json_name(&mut self, name: ScalarId) -> Res {
        let ty = self.ir.scalar(name).ty;
        if !(ty.is_text() || ty.is_integer() || ty == Type::Date) {
            return Err(self.refuse(self.ir.scalar(name).span, &format!("a name of type {ty}")));
        }
        self.scalar(name, Rep::Plain, 0)
    }

    pub(super) fn json_agg(&mut self, call: &Aggregation<'_>, span: Span) -> Res {
        if call.distinct {
            return Err(self.refuse(span, &format!("{} of DISTINCT values", call.agg.name())));
        }
        match (call.agg, call.args) {
            (Agg::JsonObjectAgg | Agg::JsonbObjectAgg, &[name, value]) => {
                self.push("rql_json_object_agg(");
                self.json_name(name)?;
                self.push(", ");
                self.json_of(value)?;
            }
            (_, &[value]) => {
                self.push("rql_json_agg(");
                self.json_of(value)?;
                let ty = self.ir.scalar(value).ty;
                let lines = is_array(ty) || ty == Type::Record;
                self.push(if lines { ", 1" } else { ", 0" });
            }
            _ => return Err(self.refuse(span, call.agg.name())),
        }
        self.order_within(call.order)?;
        self.push(")");
        self.behind(call)
    }
}
