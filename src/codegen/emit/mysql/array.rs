//! Arrays, of which there are none there: JSON text without spaces, whose elements are whole numbers or
//! texts. JSON_TABLE reads them, `e` in what follows; texts with places are those of `placed.rs`.

use super::super::aggregate::Aggregation;
use super::super::placed::TEXT;
use super::super::{Emitter, Res};
use super::idiom::unless;
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

/// The type of an array's elements where MariaDB can have it.
pub(super) fn element(ty: Type) -> Option<&'static str> {
    let Type::Array(element) = ty else {
        return None;
    };
    match element {
        ty if ty.is_integer() => Some("BIGINT"),
        ty if ty.is_text() => Some(TEXT),
        _ => None,
    }
}

/// The elements of an array at a place, as a relation.
pub(super) fn elements(place: &str, ty: &str, name: &str) -> String {
    format!(
        "JSON_TABLE({place}, '$[*]' COLUMNS (rql_o FOR ORDINALITY, rql_v {ty} PATH '$')) AS {name}"
    )
}

/// An array of what is made of the elements of the first argument for which a condition holds.
fn rebuilt(ty: &str, value: &str, condition: &str) -> String {
    let of = elements("{0}", ty, "rql_e");
    format!(
        "CASE WHEN {{0}} IS NOT NULL THEN COALESCE((SELECT JSON_ARRAYAGG({value} ORDER BY rql_e.rql_o) FROM {of} \
         WHERE {condition}), '[]') END"
    )
}

/// An array as PostgreSQL writes it.
fn text(ty: &str) -> String {
    let element = match ty {
        "BIGINT" => "COALESCE(rql_e.rql_v, 'NULL')".to_owned(),
        _ => r#"CASE WHEN rql_e.rql_v IS NULL THEN 'NULL' WHEN rql_e.rql_v = '' OR UPPER(rql_e.rql_v) = 'NULL' OR rql_e.rql_v REGEXP '[{}",\\ \t\n\r\x0B\f]' THEN CONCAT('"', REPLACE(REPLACE(rql_e.rql_v, '\', '\\'), '"', '\"'), '"') ELSE rql_e.rql_v END"#.to_owned(),
    };
    format!(
        "CASE WHEN {{0}} IS NOT NULL THEN CONCAT('{{', COALESCE((SELECT GROUP_CONCAT({element} ORDER BY rql_e.rql_o \
         SEPARATOR ',') FROM {}), ''), '}}') END",
        elements("{0}", ty, "rql_e")
    )
}

/// A text that sorts as arrays do: element by element, NULL last, a shorter one before what it begins.
fn key(ty: &str) -> String {
    let element = match ty {
        "BIGINT" => "CONCAT('1', LPAD(rql_e.rql_v + 9223372036854775808, 20, '0'))",
        _ => "CONCAT('1', HEX(rql_e.rql_v), ' ')",
    };
    format!(
        "CASE WHEN {{0}} IS NOT NULL THEN COALESCE((SELECT GROUP_CONCAT(COALESCE({element}, '2') ORDER BY rql_e.rql_o \
         SEPARATOR '') FROM {}), '') END",
        elements("{0}", ty, "rql_e")
    )
}

impl Emitter<'_> {
    fn array_type(&self, id: ScalarId) -> Res<&'static str> {
        let scalar = self.ir.scalar(id);
        let parameter = matches!(scalar.kind, ScalarKind::Param(_));
        let ty = element(scalar.ty).filter(|_| !parameter);
        ty.ok_or_else(|| self.refuse(scalar.span, "such an array"))
    }

    /// `ARRAY[a, b]`.
    pub(in crate::emit) fn mysql_array(&mut self, id: ScalarId, items: &[ScalarId]) -> Res {
        self.array_type(id)?;
        // JSON_TABLE would find the rows of such one, not their elements.
        if let Some(&row) = items
            .iter()
            .find(|&&item| matches!(self.ir.scalar(item).ty, Type::Array(_)))
        {
            return Err(self.refuse(self.ir.scalar(row).span, "an array of arrays"));
        }
        let constants: Option<Vec<String>> =
            items.iter().map(|&item| self.json_constant(item)).collect();
        if let Some(constants) = constants {
            self.string(&format!("[{}]", constants.join(",")));
            return Ok(());
        }
        self.push("JSON_COMPACT(JSON_ARRAY(");
        self.list(items, |this, item| {
            this.placed(&this.put_in(item, "{0}"), &[item])
        })?;
        self.push("))");
        Ok(())
    }

    /// An element that is put into an array. An array of a NULL is none, which MariaDB forgets where an outer join has
    /// made the NULL.
    fn put_in(&self, id: ScalarId, value: &str) -> String {
        match self.ir.scalar(id).nullable {
            true => format!("COALESCE({value}, NULL)"),
            false => value.to_owned(),
        }
    }

    /// A constant in a document.
    fn json_constant(&self, id: ScalarId) -> Option<String> {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Null) => Some("null".into()),
            ScalarKind::Literal(Literal::Integer(value)) => Some(value.to_string()),
            ScalarKind::Literal(Literal::Text(text)) if !text.chars().any(char::is_control) => {
                Some(format!(
                    "\"{}\"",
                    text.replace('\\', "\\\\").replace('"', "\\\"")
                ))
            }
            ScalarKind::Call {
                func: Func::Neg, ..
            } => self.written_number(id).map(|value| value.to_string()),
            ScalarKind::Cast { operand, .. } if self.ir.scalar(*operand).ty == scalar.ty => {
                self.json_constant(*operand)
            }
            _ => None,
        }
    }

    /// An array in a form that compares and sorts as it does.
    pub(in crate::emit) fn mysql_array_key(&mut self, id: ScalarId) -> Res {
        let ty = self.array_type(id)?;
        self.placed(&key(ty), &[id])
    }

    /// MIN or MAX of arrays: of their keys, behind which they stand themselves.
    pub(super) fn extreme_array(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let ty = self.array_type(id)?;
        let &[value] = call.args else { return Ok(()) };
        if call.over.is_some() {
            let what = format!("{} of arrays in a window", call.agg.name());
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        let keyed = format!("CONCAT({}, '!', {{0}})", key(ty));
        let keyed = match call.filter {
            Some(_) => format!("CASE WHEN {{1}} THEN {keyed} END"),
            None => keyed,
        };
        let mut args = vec![value];
        args.extend(call.filter);
        let name = call.agg.name().to_uppercase();
        self.push("REGEXP_REPLACE(");
        self.push(&name);
        self.push("(");
        self.placed(&keyed, &args)?;
        self.push(r"), '\A[^!]*!', '')");
        Ok(())
    }

    /// GREATEST or LEAST, which skip NULLs.
    pub(super) fn extreme_of(
        &mut self,
        name: &str,
        args: &[ScalarId],
        ty: &str,
        arrays: bool,
    ) -> Res {
        let one = |at: usize| match arrays {
            true => format!(
                "CONCAT({}, '!', {{{at}}})",
                key(ty).replace("{0}", &format!("{{{at}}}"))
            ),
            false => format!("{{{at}}}"),
        };
        let all: Vec<String> = (0..args.len()).map(one).collect();
        let column = if arrays { TEXT } else { ty };
        let most = if name == "greatest" {
            "MAX(rql_e.rql_v)"
        } else {
            "MIN(rql_e.rql_v)"
        };
        let most = match arrays {
            true => format!(r"REGEXP_REPLACE({most}, '\A[^!]*!', '')"),
            false => most.to_owned(),
        };
        let text = format!(
            "(SELECT {most} FROM {})",
            elements(&format!("JSON_ARRAY({})", all.join(", ")), column, "rql_e")
        );
        self.placed(&text, args)
    }

    /// An array as text.
    pub(in crate::emit) fn mysql_array_text(&mut self, id: ScalarId) -> Res {
        let ty = self.array_type(id)?;
        self.placed(&text(ty), &[id])
    }

    /// The same of one whose text is given.
    pub(in crate::emit) fn mysql_array_text_of(&self, ty: Type, written: &str) -> String {
        element(ty).map_or_else(|| written.to_owned(), |of| text(of).replace("{0}", written))
    }

    /// `x op ANY (array)`.
    pub(in crate::emit) fn mysql_of_array(
        &mut self,
        op: &str,
        all: bool,
        operand: ScalarId,
        array: ScalarId,
    ) -> Res {
        let ty = self.array_type(array)?;
        self.only_values(operand)?;
        let [found, other, most] = if all {
            ["0", "1", "MIN"]
        } else {
            ["1", "0", "MAX"]
        };
        let text = format!(
            "(SELECT CASE WHEN {{1}} IS NULL THEN NULL WHEN {most}({{0}} {op} rql_e.rql_v) = {found} THEN {found} \
             WHEN MAX(({{0}} {op} rql_e.rql_v) IS NULL) = 1 THEN NULL ELSE {other} END FROM {})",
            elements("{1}", ty, "rql_e")
        );
        self.placed(&text, &[operand, array])
    }

    /// `array_agg`: FILTER leaves out NULLs that DISTINCT and ORDER BY would keep.
    pub(super) fn mysql_array_agg(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        self.array_type(id)?;
        let span = self.ir.scalar(id).span;
        let &[value] = call.args else { return Ok(()) };
        if call.over.is_some() || call.distinct && call.order.is_empty() {
            return Err(self.refuse(span, "array_agg in a window, or DISTINCT without an order"));
        }
        let text = match self.ir.scalar(value).ty.is_text() {
            true => "JSON_QUOTE({0}) COLLATE utf8mb4_nopad_bin",
            false => "CAST({0} AS CHAR)",
        };
        self.push("CONCAT('[', GROUP_CONCAT(");
        self.push(if call.distinct { "DISTINCT " } else { "" });
        if let Some(filter) = call.filter {
            self.wrapped("CASE WHEN ", &[filter], " THEN ")?;
        }
        self.push("COALESCE(");
        self.placed(text, &[value])?;
        self.push(if call.filter.is_some() {
            ", 'null') END"
        } else {
            ", 'null')"
        });
        for (at, key) in call.order.iter().enumerate() {
            self.push(if at == 0 { " ORDER BY " } else { ", " });
            self.concat_key(key)?;
        }
        self.push(" SEPARATOR ','), ']')");
        Ok(())
    }

    /// The text of a function of arrays.
    pub(super) fn mysql_array_call(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        use Func as F;
        let is_list = |id: &&ScalarId| matches!(self.ir.scalar(**id).ty, Type::Array(_));
        let of = match args.iter().find(is_list) {
            Some(&array) => self.array_type(array)?,
            None => TEXT,
        };
        let list = |at: usize| matches!(self.ir.scalar(args[at]).ty, Type::Array(_));
        let first = elements("{0}", of, "rql_e");
        let text = match (func, args.len()) {
            (F::ArrayGet, 2) => {
                let value = "JSON_VALUE({0}, CONCAT('$[', {1} - 1, ']'))";
                match of {
                    "BIGINT" => format!("CASE WHEN {{1}} > 0 THEN CAST({value} AS SIGNED) END"),
                    _ => format!("CASE WHEN {{1}} > 0 THEN {value} END"),
                }
            }
            (F::ArraySlice, 3) => {
                let bound = |at: usize, op: &str| match self.is_open_bound(args[at]) {
                    true => ("TRUE".to_owned(), "FALSE".to_owned()),
                    false => (
                        format!("rql_e.rql_o {op} {{{at}}}"),
                        format!("{{{at}}} IS NULL"),
                    ),
                };
                let (low, high) = (bound(1, ">="), bound(2, "<="));
                let whole = rebuilt(of, "rql_e.rql_v", &format!("{} AND {}", low.0, high.0));
                format!("CASE WHEN NOT ({} OR {}) THEN {whole} END", low.1, high.1)
            }
            (F::Cardinality, 1) => "JSON_LENGTH({0})".into(),
            (F::ArrayLength | F::ArrayUpper, 2) => {
                "CASE WHEN {1} = 1 THEN NULLIF(JSON_LENGTH({0}), 0) END".into()
            }
            (F::ArrayLower, 2) => "CASE WHEN {1} = 1 AND JSON_LENGTH({0}) > 0 THEN 1 END".into(),
            (F::ArrayNdims, 1) => "CASE WHEN JSON_LENGTH({0}) > 0 THEN 1 END".into(),
            (F::ArrayPosition, 2) => {
                format!("(SELECT MIN(rql_e.rql_o) FROM {first} WHERE rql_e.rql_v <=> {{1}})")
            }
            (F::ArrayPosition, 3) => unless(
                "[22004] initial position must not be null",
                &format!(
                    "{{2}} IS NULL AND JSON_LENGTH({{0}}) > 0 AND ({{1}} IS NOT NULL OR EXISTS (SELECT 1 FROM {first} \
                     WHERE rql_e.rql_v IS NULL))"
                ),
                &format!(
                    "(SELECT MIN(rql_e.rql_o) FROM {first} WHERE rql_e.rql_v <=> {{1}} AND rql_e.rql_o >= {{2}})"
                ),
            ),
            (F::ArrayPositions, 2) => rebuilt(of, "rql_e.rql_o", "rql_e.rql_v <=> {1}"),
            (F::ArrayConcat | F::ArrayCat, 2) if list(0) && list(1) => {
                "CASE WHEN {0} IS NULL THEN {1} WHEN {1} IS NULL THEN {0} \
                 ELSE JSON_COMPACT(JSON_MERGE_PRESERVE({0}, {1})) END"
                    .into()
            }
            (F::ArrayAppend | F::ArrayConcat, 2) if list(0) => {
                // JSON_ARRAY_APPEND of a written NULL counts no characters for it, and UNION cuts them off.
                let added = self.put_in(args[1], "{1}");
                format!(
                    "JSON_COMPACT(JSON_MERGE_PRESERVE(COALESCE({{0}}, '[]'), JSON_ARRAY({added})))"
                )
            }
            (F::ArrayPrepend | F::ArrayConcat, 2) if list(1) => {
                let added = self.put_in(args[0], "{0}");
                format!(
                    "JSON_COMPACT(JSON_MERGE_PRESERVE(JSON_ARRAY({added}), COALESCE({{1}}, '[]')))"
                )
            }
            (F::ArrayRemove, 2) => rebuilt(of, "rql_e.rql_v", "NOT (rql_e.rql_v <=> {1})"),
            (F::ArrayReplace, 3) => rebuilt(
                of,
                "CASE WHEN rql_e.rql_v <=> {1} THEN {2} ELSE rql_e.rql_v END",
                "TRUE",
            ),
            (F::TrimArray, 2) => unless(
                "[2202E] number of elements to trim must be between 0 and the length",
                "{1} NOT BETWEEN 0 AND JSON_LENGTH({0})",
                &format!(
                    "CASE WHEN {{1}} IS NOT NULL THEN {} END",
                    rebuilt(of, "rql_e.rql_v", "rql_e.rql_o <= JSON_LENGTH({0}) - {1}")
                ),
            ),
            (F::ArrayContains | F::ArrayContained, 2) => {
                let [all, some] = if func == F::ArrayContains {
                    ["{0}", "{1}"]
                } else {
                    ["{1}", "{0}"]
                };
                format!(
                    "CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM {} \
                     WHERE rql_f.rql_v IS NULL OR NOT EXISTS (SELECT 1 FROM {} WHERE rql_e.rql_v = rql_f.rql_v)) END",
                    elements(some, of, "rql_f"),
                    elements(all, of, "rql_e")
                )
            }
            (F::ArrayOverlap, 2) => format!(
                "CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN EXISTS (SELECT 1 FROM {first}, {} \
                 WHERE rql_e.rql_v = rql_f.rql_v) END",
                elements("{1}", of, "rql_f")
            ),
            (F::ArrayToString, 2 | 3) => {
                let nulls = if args.len() == 3 {
                    "COALESCE(rql_e.rql_v, {2})"
                } else {
                    "rql_e.rql_v"
                };
                format!(
                    "CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN COALESCE((SELECT SUBSTR(GROUP_CONCAT(\
                     CONCAT({{1}}, {nulls}) ORDER BY rql_e.rql_o SEPARATOR ''), CHAR_LENGTH({{1}}) + 1) FROM {first}), '') END"
                )
            }
            (F::StringToArray, 2 | 3) if !self.ir.scalar(args[1]).nullable => {
                let split = split();
                match args.len() {
                    2 => split,
                    _ => format!(
                        "CASE WHEN {{0}} IS NOT NULL THEN COALESCE((SELECT JSON_ARRAYAGG(NULLIF(rql_e.rql_v, {{2}}) ORDER BY rql_e.rql_o) \
                         FROM {}), '[]') END",
                        elements(&split, TEXT, "rql_e")
                    ),
                }
            }
            _ => return self.only_if(false, id, func),
        };
        self.placed(&text, args)
    }
}

/// Marks that no text has, for a place where it is cut and for a backslash.
pub(super) const CUT: &str = "CHAR(31 USING utf8mb4)";
const BACK: &str = "CHAR(30 USING utf8mb4)";

fn quote(text: &str) -> String {
    format!("JSON_QUOTE({text}) COLLATE utf8mb4_nopad_bin")
}

/// The parts of a text between separators.
fn split() -> String {
    format!(
        "CASE WHEN {{0}} = '' THEN '[]' WHEN {{1}} = '' THEN CONCAT('[', {}, ']') ELSE {} END",
        quote("{0}"),
        parts(&format!("REPLACE({{0}}, {{1}}, {CUT})"))
    )
}

/// The parts of a text that is marked where it is cut. Marks stand for what the quoting of JSON would change, too.
pub(super) fn parts(marked: &str) -> String {
    let marked = format!("REPLACE({marked}, '\\', {BACK})");
    unless(
        "[0A000] a text with the control characters 30 or 31",
        &format!("LOCATE({CUT}, {{0}}) > 0 OR LOCATE({BACK}, {{0}}) > 0"),
        &format!(
            "CONCAT('[', REPLACE(REPLACE({}, '\\u001F', '\",\"'), '\\u001E', '\\\\'), ']')",
            quote(&marked)
        ),
    )
}
