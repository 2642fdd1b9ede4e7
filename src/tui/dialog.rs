//! What stands in front of a mode until it is answered.

use crate::builder::Pick;
use crate::designer::Ask;
use crate::edit::Contest;
use crate::text::Text;
use crate::tree::Tree;
use noctra_records::Change;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

/// A dialog.
#[derive(Debug)]
pub(crate) struct Dialog {
    /// What it is called.
    pub(crate) title: String,
    /// What it looks like.
    pub(crate) body: Body,
    /// What its answer is for.
    pub(crate) purpose: Purpose,
}

/// What a dialog looks like.
#[derive(Debug)]
pub(crate) enum Body {
    /// A question with buttons.
    Ask {
        /// What is asked.
        lines: Vec<String>,
        /// The answers; the first letter chooses one.
        buttons: Vec<&'static str>,
        /// The chosen one; at first the harmless one.
        focus: usize,
        /// The first line in sight, where there are many.
        top: usize,
    },
    /// Some things of which one is chosen.
    List {
        /// What is typed to find it.
        text: Text,
        /// All of them.
        items: Vec<Item>,
        /// The chosen one, of those that fit.
        chosen: usize,
        /// What is typed may be what is wanted, too.
        free: bool,
    },
    /// A line to type.
    Line {
        /// What is typed.
        text: Text,
        /// What it is for.
        hint: String,
        /// It is not shown.
        secret: bool,
    },
    /// The value of a cell.
    Cell {
        /// What is typed.
        text: Text,
        /// It is no text, but NULL.
        null: bool,
        /// What it takes.
        hint: String,
    },
    /// Something to read.
    Page {
        /// Its lines.
        lines: Vec<String>,
        /// The first one in sight.
        top: usize,
    },
    /// The catalog.
    Tree(Tree),
}

/// One of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Item {
    /// What people read.
    pub(crate) label: String,
    /// What is said of it.
    pub(crate) detail: String,
    /// What it stands for.
    pub(crate) value: String,
}

/// What the answer of a dialog is for.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// Nothing: it is read.
    Read,
    /// Whether the window is left.
    Leave,
    /// Whoever has asked.
    Answer(Sender<Option<String>>),
    /// Whoever has asked whether this SQL runs.
    Sweep(String, Sender<Option<String>>),
    /// Whoever has asked for the value of the parameter of this name.
    Value(String, Sender<Option<String>>),
    /// An action, by its name.
    Palette,
    /// A file to read.
    Load,
    /// A file to write the text to.
    Save,
    /// A file to write rows to.
    Export,
    /// Whether a file that is there is written over, and what then.
    Overwrite(PathBuf, bool),
    /// A condition.
    Filter,
    /// A text to find.
    Find,
    /// A kind of chart.
    Chart,
    /// A theme.
    Theme,
    /// A question of the form.
    Form,
    /// A value for the field of the form.
    Values,
    /// A form that is opened.
    Open,
    /// Whether changes of rows are made.
    Keep(Vec<Change>),
    /// Whose values stay.
    Contest(Contest),
    /// A piece of the query that is built.
    Build(Pick),
    /// Something of the designer of forms.
    Design(Ask),
    /// Whether what was built is taken.
    LeaveBuilder,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The button of this place.
    Button(usize),
    /// This text.
    Text(String),
    /// Nothing.
    None,
}

impl Dialog {
    /// A question; the button of a place is the harmless one.
    #[must_use]
    pub(crate) fn ask(
        title: &str,
        lines: Vec<String>,
        buttons: Vec<&'static str>,
        harmless: usize,
        purpose: Purpose,
    ) -> Self {
        let focus = harmless;
        Self {
            title: title.to_owned(),
            body: Body::Ask {
                lines,
                buttons,
                focus,
                top: 0,
            },
            purpose,
        }
    }

    /// Something to read.
    #[must_use]
    pub(crate) fn page(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self {
            title: title.into(),
            body: Body::Page { lines, top: 0 },
            purpose: Purpose::Read,
        }
    }

    /// A line to type.
    #[must_use]
    pub(crate) fn line(title: &str, text: &str, hint: &str, purpose: Purpose) -> Self {
        Self {
            title: title.to_owned(),
            body: Body::Line {
                text: Text::new(text),
                hint: hint.to_owned(),
                secret: false,
            },
            purpose,
        }
    }

    /// Some things of which one is chosen.
    #[must_use]
    pub(crate) fn list(title: &str, items: Vec<Item>, purpose: Purpose) -> Self {
        Self {
            title: title.to_owned(),
            body: Body::List {
                text: Text::default(),
                items,
                chosen: 0,
                free: false,
            },
            purpose,
        }
    }

    /// A file; `name` is what stands there at first.
    #[must_use]
    pub(crate) fn file(title: &str, name: &str, purpose: Purpose) -> Self {
        let mut dialog = Self::list(title, files(name), purpose);
        if let Body::List { text, free, .. } = &mut dialog.body {
            *text = Text::new(name);
            *free = true;
        }
        dialog
    }

    /// What is typed into it.
    pub(crate) fn text(&mut self) -> Option<&mut Text> {
        match &mut self.body {
            Body::List { text, .. } | Body::Line { text, .. } | Body::Cell { text, .. } => {
                Some(text)
            }
            Body::Tree(tree) => Some(&mut tree.text),
            Body::Ask { .. } | Body::Page { .. } => None,
        }
    }

    /// What is typed has changed.
    pub(crate) fn typed(&mut self) {
        match &mut self.body {
            Body::List {
                text,
                items,
                chosen,
                free,
            } => {
                *chosen = 0;
                if *free {
                    *items = files(text.as_str());
                }
            }
            Body::Tree(tree) => tree.typed(),
            Body::Cell { null, .. } => *null = false,
            Body::Ask { .. } | Body::Line { .. } | Body::Page { .. } => {}
        }
        let named = self.named();
        if let Body::List {
            chosen,
            free: false,
            ..
        } = &mut self.body
        {
            *chosen = named;
        }
    }

    /// Nothing is typed any more.
    pub(crate) fn clear(&mut self) {
        if let Some(text) = self.text() {
            text.replace("");
            self.typed();
        }
    }

    /// The next one, or the one before, round at the ends of buttons.
    pub(crate) fn step(&mut self, by: isize) {
        let fit = self.fitting().len();
        match &mut self.body {
            Body::Ask { buttons, focus, .. } => {
                let count = buttons.len().max(1);
                let by = by.rem_euclid(isize::try_from(count).unwrap_or(1));
                *focus = (*focus + by.unsigned_abs()) % count;
            }
            Body::List { chosen, .. } => {
                *chosen = chosen.saturating_add_signed(by).min(fit.saturating_sub(1));
            }
            Body::Page { lines, top } => {
                *top = top
                    .saturating_add_signed(by)
                    .min(lines.len().saturating_sub(1));
            }
            Body::Tree(tree) => tree.step(by),
            Body::Line { .. } | Body::Cell { .. } => {}
        }
    }

    /// Some lines up or down in what is asked.
    pub(crate) fn scroll(&mut self, by: isize) {
        match &mut self.body {
            Body::Ask { lines, top, .. } => {
                let last = lines.len().saturating_sub(1);
                *top = top.saturating_add_signed(by).min(last);
            }
            _ => self.step(by),
        }
    }

    /// The items that fit what is typed.
    #[must_use]
    pub(crate) fn fitting(&self) -> Vec<&Item> {
        let Body::List {
            text, items, free, ..
        } = &self.body
        else {
            return Vec::new();
        };
        let wanted: Vec<String> = match *free {
            true => Vec::new(),
            false => text
                .as_str()
                .split_whitespace()
                .map(str::to_lowercase)
                .collect(),
        };
        let fits = |item: &&Item| {
            let label = item.label.to_lowercase() + " " + &item.detail.to_lowercase();
            wanted.iter().all(|word| label.contains(word))
        };
        items.iter().filter(fits).collect()
    }

    /// The place of the item that is called as what is typed, else of the first that begins so, else the first.
    fn named(&self) -> usize {
        let Body::List { text, .. } = &self.body else {
            return 0;
        };
        let wanted = text.as_str().trim().to_lowercase();
        let labels = self.fitting().into_iter();
        let labels: Vec<String> = labels
            .map(|item| item.label.trim().to_lowercase())
            .collect();
        let called = labels.iter().position(|label| *label == wanted);
        let begins = || labels.iter().position(|label| label.starts_with(&wanted));
        called.or_else(begins).unwrap_or(0)
    }

    /// Takes the chosen item into what is typed.
    pub(crate) fn complete(&mut self) {
        let item = self.chosen().cloned();
        if let (
            Body::List {
                text, free: true, ..
            },
            Some(item),
        ) = (&mut self.body, item)
        {
            text.replace(item.value);
            self.typed();
        }
    }

    /// The chosen item.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<&Item> {
        match &self.body {
            Body::List { chosen, .. } => self.fitting().get(*chosen).copied(),
            _ => None,
        }
    }

    /// What Enter answers; `None` where it goes on, into a folder.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let item = self.chosen().cloned();
        // What is read is there already; what is written may be new.
        let reads = matches!(self.purpose, Purpose::Load | Purpose::Design(Ask::Open));
        Some(match &mut self.body {
            Body::Ask { focus, .. } => Answer::Button(*focus),
            Body::Page { .. } | Body::Tree(_) => Answer::None,
            Body::Line { text, .. } | Body::Cell { text, .. } => {
                Answer::Text(text.as_str().to_owned())
            }
            Body::List {
                text, free, chosen, ..
            } => match item {
                Some(item) if *free && (reads || *chosen > 0 || item.value.ends_with('/')) => {
                    if item.value.ends_with('/') {
                        self.complete();
                        return None;
                    }
                    Answer::Text(item.value)
                }
                _ if *free => Answer::Text(text.as_str().to_owned()),
                Some(item) => Answer::Text(item.value),
                None => Answer::None,
            },
        })
    }

    /// The button that a letter chooses.
    #[must_use]
    pub(crate) fn button(&self, letter: char) -> Option<usize> {
        let Body::Ask { buttons, .. } = &self.body else {
            return None;
        };
        let begins = |label: &&'static str| {
            let first = label.chars().next().unwrap_or(' ');
            first.eq_ignore_ascii_case(&letter)
        };
        buttons.iter().position(begins)
    }
}

/// What a folder holds of names that begin like the last piece of a path; folders end with a slash.
fn files(path: &str) -> Vec<Item> {
    let (folder, begun) = match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    };
    let place = if folder.is_empty() {
        Path::new(".")
    } else {
        Path::new(folder)
    };
    let Ok(entries) = std::fs::read_dir(place) else {
        return Vec::new();
    };
    let hidden = begun.starts_with('.');
    let named = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_str()?.to_owned();
        let fits = name.starts_with(begun) && (hidden || !name.starts_with('.'));
        let folds = entry.path().is_dir();
        let slash = if folds { "/" } else { "" };
        let size = entry
            .metadata()
            .ok()
            .filter(|_| !folds)
            .map(|data| data.len());
        fits.then(|| Item {
            label: format!("{name}{slash}"),
            detail: size.map_or(String::new(), crate::cell::grouped),
            value: format!("{folder}{name}{slash}"),
        })
    };
    let mut items: Vec<Item> = entries.flatten().filter_map(named).collect();
    items.sort_by(|a, b| a.label.cmp(&b.label));
    items
}
