//! Files in FROM: `'sales.csv'`, and the functions that read one.

use crate::{
    Arg, ArgLabel, Ast, BinaryOp, Call, Expr, ExprKind, Id, Ident, PrefixOp, Relation,
    RelationKind, Span,
};

/// The functions that read files.
const READERS: [&str; 8] = [
    "read_csv",
    "read_csv_auto",
    "read_json",
    "read_json_auto",
    "read_ndjson",
    "read_ndjson_auto",
    "read_parquet",
    "parquet_scan",
];

/// How the names of files that are data end.
const ENDINGS: [&str; 6] = ["csv", "tsv", "parquet", "json", "jsonl", "ndjson"];

/// What FROM reads of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// How DuckDB writes it; by this it is known.
    pub text: String,
    /// The relation's name where it has no other.
    pub name: String,
    /// The files, as they are written.
    pub files: Vec<String>,
}

impl FileSource {
    /// True for a function that reads files.
    #[must_use]
    pub fn is_reader(function: &str) -> bool {
        READERS.contains(&function)
    }

    /// The functions that read files.
    pub fn readers() -> impl Iterator<Item = &'static str> {
        READERS.into_iter()
    }

    /// True where files of data end so; `ending` is what stands behind the last dot.
    #[must_use]
    pub fn is_ending(ending: &str) -> bool {
        ENDINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    }
}

impl Ast {
    /// What a relation reads of files; `None` for any other, and where an argument is more than a constant.
    #[must_use]
    pub fn file_source(&self, relation: Relation) -> Option<FileSource> {
        match relation.kind {
            RelationKind::File => {
                let path = self.string(self.file_span(relation)).into_owned();
                let last = path.rsplit(['/', '\\']).next().unwrap_or(&path);
                let name = last.split_once('.').map_or(last, |(stem, _)| stem);
                Some(FileSource {
                    text: crate::text_literal(&path),
                    name: name.to_owned(),
                    files: vec![path],
                })
            }
            RelationKind::Function {
                call,
                ordinality: false,
            } => {
                let call = self[call];
                let name = self.dotted(call.name);
                if !FileSource::is_reader(&name) {
                    return None;
                }
                let args = self[call.args].iter().map(|&arg| self.file_argument(arg));
                let args: Vec<String> = args.collect::<Option<_>>()?;
                let first = self[call.args].first()?.value;
                let files: Option<Vec<String>> = match self[first].kind {
                    ExprKind::Array { items, .. } => {
                        self[items].iter().map(|&item| self.path(item)).collect()
                    }
                    _ => self.path(first).map(|path| vec![path]),
                };
                Some(FileSource {
                    text: format!("{name}({})", args.join(", ")),
                    name,
                    files: files?,
                })
            }
            _ => None,
        }
    }

    /// The first argument of such a function that is no constant.
    #[must_use]
    pub fn not_constant(&self, call: Call) -> Option<Id<Expr>> {
        let args = self[call.args].iter();
        let mut values = args
            .filter_map(|&arg| self.option(arg))
            .map(|(_, value)| value);
        values.find(|&value| self.constant(value).is_none())
    }

    fn path(&self, id: Id<Expr>) -> Option<String> {
        let expr = self[id];
        let text = expr.kind == ExprKind::String;
        text.then(|| self.string(expr.span).into_owned())
    }

    /// The name and the value of an option, `name = value`; an argument without a name is a value alone.
    fn option(&self, arg: Arg) -> Option<(Option<Ident>, Id<Expr>)> {
        match (arg.label, self[arg.value].kind) {
            (ArgLabel::Assign(name) | ArgLabel::Arrow(name), _) => Some((Some(name), arg.value)),
            (
                ArgLabel::None,
                ExprKind::Binary {
                    left,
                    op: BinaryOp::Eq,
                    right,
                },
            ) => match self[left].kind {
                ExprKind::Column(name) => match &self[name.parts] {
                    &[name] => Some((Some(name), right)),
                    _ => None,
                },
                _ => None,
            },
            (ArgLabel::None, _) => Some((None, arg.value)),
            _ => None,
        }
    }

    /// An argument of such a function: a constant, or an option that is one.
    fn file_argument(&self, arg: Arg) -> Option<String> {
        let (name, value) = self.option(arg)?;
        let name = name.map(|name| self.name(name));
        let value = self.constant(value)?;
        Some(match name {
            // A name in quotes may say anything, and no option has such a name.
            Some(name) if !name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) => {
                return None;
            }
            Some(name) => format!("{name} = {value}"),
            None => value,
        })
    }

    /// A constant, its texts written as every engine reads them: what is looked for is what is checked.
    fn constant(&self, id: Id<Expr>) -> Option<String> {
        let expr = self[id];
        let text = || self.text(expr.span).to_owned();
        Some(match expr.kind {
            ExprKind::String => crate::text_literal(&self.string(expr.span)),
            ExprKind::Number | ExprKind::Bool(_) | ExprKind::Null => text(),
            ExprKind::Prefix {
                op: PrefixOp::Minus,
                operand,
            } if self[operand].kind == ExprKind::Number => text(),
            ExprKind::Array { items, .. } => {
                let items = self[items].iter().map(|&item| self.constant(item));
                format!("[{}]", items.collect::<Option<Vec<_>>>()?.join(", "))
            }
            ExprKind::Struct { fields, .. } => {
                let fields = self[fields].iter().map(|field| {
                    let key = self.path(field.key)?;
                    let value = self.constant(field.value)?;
                    Some(format!("{}: {value}", crate::text_literal(&key)))
                });
                format!("{{{}}}", fields.collect::<Option<Vec<_>>>()?.join(", "))
            }
            _ => return None,
        })
    }

    /// Where the text of `'sales.csv' AS s` stands.
    pub(crate) fn file_span(&self, relation: Relation) -> Span {
        let start = relation.span.start;
        Span::new(start, start + string_end(self.text(relation.span)))
    }
}

/// The length of the string literal that `text` begins with.
fn string_end(text: &str) -> u32 {
    if let Some(rest) = text.strip_prefix('$')
        && let Some(tag) = rest.find('$').map(|at| &text[..at + 2])
        && let Some(at) = text[tag.len()..].find(tag)
    {
        return u32::try_from(at + 2 * tag.len()).unwrap_or(u32::MAX);
    }
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'\'' {
            quoted = !quoted;
            if !quoted && text.as_bytes().get(at + 1) != Some(&b'\'') {
                return u32::try_from(at + 1).unwrap_or(u32::MAX);
            }
        }
    }
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
