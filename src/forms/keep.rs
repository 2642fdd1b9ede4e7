//! A form in the text that it came from: what is the same stays as it is written there.

use crate::keys::{self, Keys};
use crate::write::{to_block, to_toml};
use crate::{Form, from_block, from_toml};
use rql_ast::{Ast, Stmt, StmtKind};
use rql_diagnostics::Severity;
use toml_edit::{DocumentMut, Item, Table, TableLike};

/// What has elements with names, in this order.
const PARTS: [&str; 4] = ["fields", "actions", "details", "views"];

/// Writes a form as FDL2 into the text of a file of FDL2 whose form it was: comments, the order of keys, and however
/// the rest is written, stay where the form says the same. `stem` is the name of a form that does not say its own, `was`
/// the one that the form had there, and `fill` adds what its table does for a form. The file of another form gives way.
#[must_use]
pub fn into_toml(
    form: &Form,
    text: &str,
    (stem, was): (&str, &str),
    fill: &dyn Fn(&mut Form),
) -> String {
    kept(form, text, (stem, was), fill).unwrap_or_else(|| to_toml(form))
}

fn kept(
    form: &Form,
    text: &str,
    (stem, was): (&str, &str),
    fill: &dyn Fn(&mut Form),
) -> Option<String> {
    let read = |text: &str| {
        let (mut form, wrong) = from_toml(text, stem);
        let sound = wrong.iter().all(|one| one.severity != Severity::Error);
        fill(&mut form);
        (form, sound)
    };
    let plain = |form: &Form| to_toml(form).parse::<DocumentMut>().ok();
    let mut whole = form.clone();
    fill(&mut whole);
    let after = plain(&whole)?;
    let mut file: DocumentMut = text.parse().ok()?;
    let (before, sound) = read(text);
    if !sound || (before.name.text != was && before.name != form.name) {
        return None;
    }
    let before = plain(&before)?;
    merge(file.as_table_mut(), &*before, &*after, &mut Vec::new());
    // Where a file says one thing in several places, what has changed takes the form's own spelling.
    for _ in 0..2 {
        let written = file.to_string();
        let (now, sound) = read(&written);
        if sound && now == whole {
            return Some(written);
        }
        let now = plain(&now)?;
        let other = if sound { &now } else { &before };
        respell(&mut file, [&now, other], &after);
    }
    None
}

/// The keys of a place.
fn keys_of(place: &[String]) -> Keys {
    match place.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => keys::FORM,
        ["fields", _] => keys::FIELD,
        ["actions", _] => keys::ACTION,
        ["details", _] => keys::DETAIL,
        ["views", _] => keys::VIEW,
        ["layout"] => keys::LAYOUT,
        ["layout", "places", _] => keys::PLACE,
        ["pagination"] => keys::PAGINATION,
        ["i18n", _] => keys::LANGUAGE,
        _ => &[],
    }
}

/// What a file calls something.
fn word(file: &dyn TableLike, keys: Keys, name: &str) -> String {
    let others = keys.iter().find(|(key, _)| *key == name);
    let others = others.map_or(&[][..], |(_, others)| others);
    let is = |word: &&str| word.eq_ignore_ascii_case(name) || others.contains(word);
    let mut words = file.iter().map(|(word, _)| word);
    words.find(is).unwrap_or(name).to_owned()
}

/// Whether two pieces of the form's own spelling are one.
fn same(one: Option<&Item>, other: Option<&Item>) -> bool {
    match (one, other) {
        (Some(Item::Table(one)), Some(Item::Table(other))) => {
            let mut pairs = one.iter().zip(other.iter());
            one.len() == other.len() && pairs.all(|(a, b)| a.0 == b.0 && same(Some(a.1), Some(b.1)))
        }
        (Some(Item::ArrayOfTables(one)), Some(Item::ArrayOfTables(other))) => {
            let (one, other) = (one.clone(), other.clone());
            one.into_array().to_string() == other.into_array().to_string()
        }
        (one, other) => {
            let text = |item: Option<&Item>| item.map(|item| item.to_string().trim().to_owned());
            text(one) == text(other)
        }
    }
}

/// Changes in the file what differs between a form and another, both in their own spelling.
fn merge(
    file: &mut dyn TableLike,
    before: &dyn TableLike,
    after: &dyn TableLike,
    place: &mut Vec<String>,
) {
    let gone = before.iter().filter(|(name, _)| !after.contains_key(name));
    for (name, _) in gone {
        let word = word(file, keys_of(place), name);
        file.remove(&word);
    }
    for (name, is) in after.iter() {
        let was = before.get(name);
        if same(was, Some(is)) {
            continue;
        }
        let word = word(file, keys_of(place), name);
        let inner = (
            file.get_mut(&word).and_then(Item::as_table_like_mut),
            was.and_then(Item::as_table_like),
            is.as_table_like(),
        );
        if let (Some(file), Some(was), Some(is)) = inner {
            place.push(name.to_owned());
            merge(file, was, is, place);
            place.pop();
        } else {
            set(file, &word, is);
        }
    }
}

/// Puts something into its place, with the comments that stand there.
fn set(file: &mut dyn TableLike, word: &str, item: &Item) {
    let mut new = item.clone();
    unplaced(&mut new);
    let Some(old) = file.get_mut(word) else {
        file.insert(word, new);
        return;
    };
    if old.is_value() {
        new.make_value();
    }
    match (&*old, &mut new) {
        (Item::Value(old), Item::Value(new)) => *new.decor_mut() = old.decor().clone(),
        (Item::Table(old), Item::Table(new)) => {
            *new.decor_mut() = old.decor().clone();
            new.set_position(old.position());
        }
        _ => {}
    }
    *old = new;
}

/// Lets tables stand behind those that they come after.
fn unplaced(item: &mut Item) {
    each(item, &mut |table| table.set_position(None));
}

fn each(item: &mut Item, act: &mut dyn FnMut(&mut Table)) {
    match item {
        Item::Table(table) => {
            act(table);
            table.iter_mut().for_each(|(_, item)| each(item, act));
        }
        Item::ArrayOfTables(tables) => {
            for table in tables.iter_mut() {
                act(table);
                table.iter_mut().for_each(|(_, item)| each(item, act));
            }
        }
        _ => {}
    }
}

/// Writes what is not as it should be, in one of these forms, in the form's own spelling and order.
fn respell(file: &mut Table, forms: [&Table; 2], after: &Table) {
    for part in PARTS {
        let elements = |form: &'_ Table| form.get(part).and_then(Item::as_table).cloned();
        let (Some(wanted), Some(here)) = (elements(after), file.get_mut(part)) else {
            continue;
        };
        let order: Vec<&str> = wanted.iter().map(|(name, _)| name).collect();
        let forms = forms.map(|form| elements(form).unwrap_or_default());
        let moved = !forms[0]
            .iter()
            .map(|(name, _)| name)
            .eq(order.iter().copied());
        let Some(all) = here.as_table_like_mut() else {
            continue;
        };
        for (name, item) in &wanted {
            let word = word(all, &[], name);
            // All have to be there to stand in an order.
            let lacks = moved && !all.contains_key(&word);
            if lacks || !forms.iter().all(|form| same(form.get(name), Some(item))) {
                set(all, &word, item);
            }
        }
        if moved {
            arrange(here, &order);
        }
    }
}

/// Lets elements stand in an order.
fn arrange(part: &mut Item, order: &[&str]) {
    let rank = |name: &str| {
        order
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
    };
    match part {
        Item::Table(table) => table.sort_values_by(|a, _, b, _| rank(a).cmp(&rank(b))),
        Item::Value(value) => {
            if let Some(table) = value.as_inline_table_mut() {
                table.sort_values_by(|a, _, b, _| rank(a).cmp(&rank(b)));
            }
            return;
        }
        _ => return,
    }
    let Item::Table(table) = part else { return };
    let mut places = Vec::new();
    for (_, item) in table.iter_mut() {
        each(item, &mut |table| places.extend(table.position()));
    }
    places.sort_unstable();
    let mut places = places.into_iter();
    let mut last = None;
    for (_, item) in table.iter_mut() {
        each(item, &mut |table| {
            last = places.next().or(last);
            table.set_position(last);
        });
    }
}

/// The FORM statement of a name in a script.
fn statement<'a>(ast: &'a Ast, name: &str) -> Option<(&'a Stmt, Form)> {
    ast[ast.statements].iter().find_map(|stmt| {
        let StmtKind::Form(id) = stmt.kind else {
            return None;
        };
        let (form, _) = from_block(ast, id);
        (form.name.text == name).then_some((stmt, form))
    })
}

/// Writes a form as a FORM statement into a script: in the place of the statement that it was, which had this name,
/// or behind all others. What says the same stays as it is written.
#[must_use]
pub fn into_script(form: &Form, text: &str, was: &str, fill: &dyn Fn(&mut Form)) -> String {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    let block = to_block(form);
    let ends = |rest: &str| rest.trim_start().starts_with(';');
    let Some((stmt, mut old)) = statement(ast, was).or_else(|| statement(ast, &form.name.text))
    else {
        let last = ast[ast.statements]
            .last()
            .map_or(0, |stmt| stmt.span.end as usize);
        let (before, rest) = text.split_at(last);
        let end = if last == 0 || ends(rest) { "" } else { ";" };
        let gap = if text.trim().is_empty() { "" } else { "\n\n" };
        return format!("{before}{end}{}{gap}{block}", rest.trim_end());
    };
    let mut whole = form.clone();
    fill(&mut whole);
    fill(&mut old);
    if old == whole {
        return text.to_owned();
    }
    let (start, end) = (stmt.span.start as usize, stmt.span.end as usize);
    let rest = &text[end..];
    let block = match ends(rest) {
        true => block.trim_end().trim_end_matches(';'),
        false => block.trim_end(),
    };
    format!("{}{block}{rest}", &text[..start])
}
