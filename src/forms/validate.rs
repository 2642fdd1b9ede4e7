//! The one engine that judges what fields hold: for screens, for scripts, for whoever comes.

use crate::Piece;
use crate::check::condition;
use crate::mask::is_whole;
use crate::model::{Field, Form, Rule, RuleKind};

/// Whoever keeps the values of a form's fields while they are judged.
pub trait Values {
    /// Why a question could not be answered.
    type Error;

    /// True where a field has no value; an empty text is one.
    fn is_null(&self, field: &Field) -> bool;

    /// Makes a field's value one of the field's type, or says why it is none, in words that follow "must".
    fn fit(&mut self, field: &Field) -> Result<(), String>;

    /// The text of a field's value; none where there is no value.
    fn text(&self, field: &Field) -> Option<String>;

    /// Whether a condition holds, `None` where that is not known. `text` is a query of one row and one column;
    /// its parameters are fields, and `piece` is what it was made of.
    ///
    /// # Errors
    /// Where it cannot be asked.
    fn holds(&mut self, text: &str, piece: &Piece) -> Result<Option<bool>, Self::Error>;
}

/// A rule that a field breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// The rule, in words: `required`, `type integer`, `check id > 0`.
    pub rule: String,
    /// What is wrong, in words that follow the label.
    pub message: String,
}

/// Judges the values of those fields of a form that are `judged`, and gives every rule that is broken, in the order
/// of the fields. `needed` are the fields whose value something is to be done with; only of them a value is required.
///
/// # Errors
/// Where a condition cannot be asked.
pub fn validate<V: Values>(
    form: &Form,
    judged: &dyn Fn(&Field) -> bool,
    needed: &dyn Fn(&Field) -> bool,
    values: &mut V,
) -> Result<Vec<Problem>, V::Error> {
    let mut problems = Vec::new();
    let mut unfit: Vec<&str> = Vec::new();
    for field in &form.fields {
        if let Err(must) = values.fit(field) {
            let said = problem(
                field,
                format!("type {}", field.written.text),
                None,
                format!("must {must}"),
            );
            if judged(field) {
                problems.push(said);
            }
            unfit.push(&field.name.text);
        }
    }
    for field in form.fields.iter().filter(|field| judged(field)) {
        let name = field.name.text.as_str();
        if unfit.contains(&name) {
            continue;
        }
        if values.is_null(field) {
            let required = field
                .rules
                .iter()
                .find(|rule| rule.kind == RuleKind::Required);
            if let Some(rule) = required.filter(|_| needed(field)) {
                problems.push(problem(
                    field,
                    "required".into(),
                    Some(rule),
                    "must have a value".into(),
                ));
            }
            // What is not there breaks no other rule of its own; a condition may still be about other fields.
        } else if let Some(mask) = field
            .mask
            .as_ref()
            .filter(|mask| !values.text(field).is_some_and(|text| is_whole(mask, &text)))
        {
            let must = format!("must look like {mask}");
            problems.push(problem(field, "mask".into(), None, must));
        } else {
            for (piece, rule, must) in own_rules(field) {
                if values.holds(&condition(form, &piece), &piece)? == Some(false) {
                    problems.push(problem(field, rule, None, must));
                }
            }
        }
        for rule in &field.rules {
            let Some((piece, said, must)) = stated(field, &rule.kind) else {
                continue;
            };
            // It would be judged by what is no value.
            if mentions(&piece, &unfit) {
                continue;
            }
            if values.holds(&condition(form, &piece), &piece)? == Some(false) {
                problems.push(problem(field, said, Some(rule), must));
            }
        }
    }
    problems.sort_by_key(|problem| {
        form.fields
            .iter()
            .position(|field| field.name.text == problem.field)
    });
    Ok(problems)
}

fn problem(field: &Field, rule: String, stated: Option<&Rule>, must: String) -> Problem {
    let message = stated.and_then(|rule| rule.message.clone());
    Problem {
        field: field.name.text.clone(),
        label: field.shown().to_owned(),
        rule,
        message: message.unwrap_or(must),
    }
}

/// CHOICES and LOOKUP as conditions.
fn own_rules(field: &Field) -> Vec<(Piece, String, String)> {
    let name = &field.name.text;
    let mut rules = Vec::new();
    if !field.choices.is_empty() {
        let values: Vec<&str> = field
            .choices
            .iter()
            .map(|c| c.value.text.as_str())
            .collect();
        let list = values.join(", ");
        let piece = Piece::made(format!(":{name} IN ({list})"), field.name.span);
        rules.push((piece, "choices".into(), format!("must be one of {list}")));
    }
    if let Some(lookup) = &field.lookup {
        let text = format!(
            "EXISTS (SELECT 1 FROM ({}) AS offered(given) WHERE given = :{name})",
            lookup.text
        );
        let piece = Piece::made(text, lookup.span);
        rules.push((piece, "lookup".into(), "must be a value of its list".into()));
    }
    rules
}

/// A rule as a condition, in words, and what is wrong where it is broken.
fn stated(field: &Field, kind: &RuleKind) -> Option<(Piece, String, String)> {
    let name = &field.name.text;
    let bounds = |what: &str, low: &Option<Piece>, high: &Option<Piece>| {
        let low = low.as_ref().map(|low| low.text.as_str());
        let high = high.as_ref().map(|high| high.text.as_str());
        let (text, must) = match (low, high) {
            (Some(low), Some(high)) => (
                format!("{what} BETWEEN {low} AND {high}"),
                format!("from {low} to {high}"),
            ),
            (Some(low), None) => (format!("{what} >= {low}"), format!("at least {low}")),
            (None, Some(high)) => (format!("{what} <= {high}"), format!("at most {high}")),
            (None, None) => return None,
        };
        Some((Piece::made(text, field.name.span), must))
    };
    match kind {
        RuleKind::Required => None,
        RuleKind::Range(low, high) => bounds(&format!(":{name}"), low, high)
            .map(|(piece, must)| (piece, "range".into(), format!("must be {must}"))),
        RuleKind::Length(low, high) => {
            bounds(&format!("char_length(:{name})"), low, high).map(|(piece, must)| {
                (
                    piece,
                    "length".into(),
                    format!("must have {must} characters"),
                )
            })
        }
        RuleKind::Pattern(pattern) => {
            let whole = rql_ast::text_literal(&format!("^(?:{pattern})$"));
            let piece = Piece::made(format!(":{name} ~ {whole}"), field.name.span);
            Some((piece, "pattern".into(), format!("must look like {pattern}")))
        }
        RuleKind::Check(check) => {
            let said = format!("check {}", check.text);
            Some((check.clone(), said, format!("must satisfy {}", check.text)))
        }
    }
}

/// Whether a piece speaks of one of these fields.
fn mentions(piece: &Piece, fields: &[&str]) -> bool {
    let words = piece.text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words
        .map(str::to_lowercase)
        .any(|word| fields.contains(&word.as_str()))
}
