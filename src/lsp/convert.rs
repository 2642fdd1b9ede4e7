//! What `rql-ide` calls things, and what the protocol calls them.

use crate::documents::Document;
use lsp_types::{CompletionItemKind, DocumentSymbol, SymbolKind};
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
        Kind::Keyword | Kind::Command => K::Keyword,
        Kind::Path => K::File,
    }
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
