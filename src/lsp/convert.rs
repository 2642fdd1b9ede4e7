//! What `rql-ide` calls things, and what the protocol calls them.

use crate::documents::Document;
use lsp_types::{CompletionItemKind, DocumentSymbol, InsertTextFormat, SymbolKind};
use rql_ide::{Kind, Symbol};

pub(crate) fn completion_kind(kind: Kind) -> CompletionItemKind {
    use CompletionItemKind as K;
    match kind {
        Kind::Column => K::Field,
        Kind::Join => K::Snippet,
        Kind::Table => K::Class,
        Kind::View | Kind::Relation => K::Interface,
        Kind::Schema | Kind::Connection => K::Module,
        Kind::Variable => K::Variable,
        Kind::Macro => K::Method,
        Kind::Value => K::Value,
        Kind::Function | Kind::Aggregate => K::Function,
        Kind::Type => K::TypeParameter,
        Kind::Setting => K::Property,
        Kind::Form => K::Module,
        Kind::Action => K::Event,
        Kind::Field => K::Field,
        Kind::Keyword | Kind::Command => K::Keyword,
        Kind::Path => K::File,
    }
}

/// What a candidate puts into the text, where `rest` comes behind it: a call gets both its parentheses and the cursor
/// between them where the client can do that, and none where one is there.
pub(crate) fn inserted(
    mut insert: String,
    rest: &str,
    snippets: bool,
) -> (String, Option<InsertTextFormat>) {
    if !insert.ends_with('(') {
        return (insert, None);
    }
    if rest.starts_with('(') {
        insert.pop();
        return (insert, None);
    }
    if !snippets {
        return (insert, None);
    }
    let mut snippet = String::with_capacity(insert.len() + 3);
    for sign in insert.chars() {
        if matches!(sign, '$' | '}' | '\\') {
            snippet.push('\\');
        }
        snippet.push(sign);
    }
    snippet.push_str("$0)");
    (snippet, Some(InsertTextFormat::Snippet))
}

pub(crate) fn symbol_kind(kind: rql_ide::SymbolKind) -> SymbolKind {
    use rql_ide::SymbolKind as S;
    match kind {
        S::Table => SymbolKind::Class,
        S::View | S::Relation => SymbolKind::Interface,
        S::Index => SymbolKind::Key,
        S::Column => SymbolKind::Field,
        S::Variable => SymbolKind::Variable,
        S::Macro => SymbolKind::Function,
        S::Form => SymbolKind::Module,
        S::Field => SymbolKind::Field,
        S::Action => SymbolKind::Event,
        S::Statement => SymbolKind::Event,
    }
}

pub(crate) fn symbol(document: &Document, symbol: Symbol) -> DocumentSymbol {
    let children = symbol.children.into_iter();
    let children: Vec<_> = children
        .map(|child| self::symbol(document, child))
        .collect();
    #[allow(deprecated, reason = "the field is there and has to be given")]
    DocumentSymbol {
        name: symbol.name,
        detail: None,
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: document.range(symbol.span),
        selection_range: document.range(symbol.name_span),
        children: (!children.is_empty()).then_some(children),
    }
}
