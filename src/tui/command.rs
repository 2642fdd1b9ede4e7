//! The text of the Command mode: what is typed, what is wrong with it, what may come, what was there before.

use crate::text::Text;
use rql_diagnostics::{Diagnostic, Severity};
use rql_ide::{Completion, Highlight, Memory, Snapshot, World};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A remark on the text.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    /// Where it stands, in bytes.
    pub(crate) place: Range<usize>,
    /// What it says.
    pub(crate) diagnostic: Diagnostic,
}

/// Candidates in a window of their own.
#[derive(Clone, Debug)]
pub(crate) struct Popup {
    /// Where what is replaced begins.
    pub(crate) from: usize,
    /// The candidates.
    pub(crate) completion: Completion,
    /// The chosen one.
    pub(crate) chosen: usize,
}

/// The text and all around it.
#[derive(Debug, Default)]
pub(crate) struct Command {
    /// What is typed.
    pub(crate) text: Text,
    /// The first line and the first column in sight.
    pub(crate) scroll: (usize, usize),
    /// What is shown to be wrong, in the order of the text.
    pub(crate) wrong: Vec<Wrong>,
    /// All that is wrong with it, and whether it was being typed.
    judged: (Vec<Wrong>, bool),
    /// Where the cursor stood when it was last decided what of that is shown.
    remarked: Option<usize>,
    /// Candidates, while they are asked for.
    pub(crate) popup: Option<Popup>,
    /// The file that it was read from.
    pub(crate) file: Option<PathBuf>,
    /// What has run, the oldest first.
    pub(crate) history: Vec<String>,
    /// Where in the history; its length is the text that is being written.
    pub(crate) past: usize,
    /// What was being written before the history was looked at.
    draft: String,
    /// How often the text has changed.
    pub(crate) version: u64,
    /// The colours of a version of the text.
    pub(crate) colors: Vec<Highlight>,
    colored: Option<u64>,
}

impl Command {
    /// A new text, with what has run before.
    #[must_use]
    pub(crate) fn new(history: Vec<String>) -> Self {
        Self {
            past: history.len(),
            history,
            ..Self::default()
        }
    }

    /// The text has changed: what was known of it is not true any more.
    pub(crate) fn changed(&mut self) {
        self.version += 1;
        self.judged.0.clear();
        self.remarked = None;
        self.remark();
    }

    /// What is known of the text may be another now; until that is found out it stands.
    pub(crate) fn recheck(&mut self) {
        self.version += 1;
    }

    /// True where running the text has found what is wrong, which looking at it does not.
    pub(crate) fn has_failed(&self) -> bool {
        !self.judged.1 && !self.judged.0.is_empty()
    }

    /// [`Command::changed`] where the text takes the place of another one: its versions come behind those.
    pub(crate) fn changed_from(&mut self, version: u64) {
        self.version = self.version.max(version);
        self.changed();
    }

    /// Colours the text where that has not been done.
    pub(crate) fn color(&mut self, world: &Arc<World>) {
        if self.colored != Some(self.version) {
            self.colors = Snapshot::new(world, self.text.as_str()).highlight();
            self.colored = Some(self.version);
        }
    }

    /// Where the statement at the cursor stands, or the last one before it.
    #[must_use]
    pub(crate) fn statement(&self) -> Option<Range<usize>> {
        let text = self.text.as_str();
        let all = rql_grammar::outline(text);
        let at = self.text.at();
        let place = |o: &rql_grammar::Outline| o.span.start as usize..o.span.end as usize;
        let mut places: Vec<Range<usize>> = all.iter().map(place).collect();
        for place in &mut places {
            // The semicolon belongs to it.
            let behind = text[place.end..].trim_start();
            if behind.starts_with(';') {
                place.end = text.len() - behind.len() + 1;
            }
        }
        let inside = places
            .iter()
            .find(|place| at <= place.end && place.start <= at);
        let before = places.iter().rev().find(|place| place.end <= at);
        inside.or(before).or(places.first()).cloned()
    }

    /// Another text of the history.
    pub(crate) fn recall(&mut self, back: bool) -> bool {
        let next = match back {
            true => self.past.checked_sub(1),
            false => Some(self.past + 1).filter(|next| *next <= self.history.len()),
        };
        let Some(next) = next else { return false };
        if self.past == self.history.len() {
            self.draft = self.text.as_str().to_owned();
        }
        self.past = next;
        let text = self.history.get(next).unwrap_or(&self.draft).clone();
        self.text.replace(text);
        self.changed();
        true
    }

    /// Remembers what has run.
    pub(crate) fn ran(&mut self, statement: &str) {
        if self.history.last().is_none_or(|last| last != statement) {
            self.history.push(statement.to_owned());
        }
        self.past = self.history.len();
    }

    /// Takes what is wrong.
    pub(crate) fn judge(&mut self, all: Vec<Diagnostic>, offset: usize, typing: bool) {
        let text = self.text.as_str();
        let end = text.trim_end().len();
        let place = |one: &Diagnostic| {
            let span = one.primary_span()?;
            let start = (span.start as usize + offset).min(text.len());
            Some(start..(span.end as usize + offset).clamp(start, text.len()))
        };
        let mut wrong: Vec<Wrong> = all
            .into_iter()
            .map(|diagnostic| Wrong {
                place: place(&diagnostic).unwrap_or(end..end),
                diagnostic,
            })
            .collect();
        wrong.sort_by_key(|w| w.place.start);
        self.judged = (wrong, typing);
        self.remarked = None;
        self.remark();
    }

    /// Shows what is wrong; what is still being typed, with the cursor behind it, is not wrong yet.
    pub(crate) fn remark(&mut self) {
        let at = self.text.at();
        if self.remarked.replace(at) == Some(at) {
            return;
        }
        let end = self.text.as_str().trim_end().len();
        let (judged, typing) = &self.judged;
        let unfinished = |w: &Wrong| w.place.start >= end || (w.place.end == at && at == end);
        let shown = judged.iter().filter(|w| !(*typing && unfinished(w)));
        self.wrong = shown.cloned().collect();
    }

    /// The remark at the cursor, else the first error, else the first.
    #[must_use]
    pub(crate) fn first_wrong(&self) -> Option<&Wrong> {
        let at = self.text.at();
        let here = |w: &&Wrong| w.place.start <= at && at <= w.place.end;
        let error = |w: &&Wrong| w.diagnostic.severity == Severity::Error;
        let mut all = self.wrong.iter();
        all.clone()
            .find(here)
            .or_else(|| all.clone().find(error))
            .or_else(|| all.next())
    }

    /// Asks what may stand at the cursor; a single candidate is taken.
    pub(crate) fn complete(&mut self, world: &Arc<World>) -> bool {
        let at = u32::try_from(self.text.at()).unwrap_or(u32::MAX);
        let snapshot =
            Snapshot::new(world, self.text.as_str()).remembering(&Arc::new(Memory::default()));
        let completion = snapshot.complete(at);
        let from = completion.from as usize;
        match completion.items.as_slice() {
            [] => self.popup = None,
            [only] if self.popup.is_none() => {
                self.text.put(from, &only.insert);
                self.changed();
            }
            _ => {
                self.popup = Some(Popup {
                    from,
                    completion,
                    chosen: 0,
                });
            }
        }
        self.popup.is_some()
    }

    /// Takes the chosen candidate.
    pub(crate) fn take(&mut self) {
        if let Some(popup) = self.popup.take()
            && let Some(item) = popup.completion.items.get(popup.chosen)
        {
            self.text.put(popup.from, &item.insert);
            self.changed();
        }
    }

    /// Brings the cursor in sight.
    pub(crate) fn settle(&mut self, width: usize, height: usize) {
        let (line, column) = (self.text.line(), self.text.column());
        let (top, left) = &mut self.scroll;
        *top = (*top)
            .min(line)
            .max((line + 1).saturating_sub(height.max(1)));
        *left = (*left)
            .min(column)
            .max((column + 1).saturating_sub(width.max(1)));
    }
}
