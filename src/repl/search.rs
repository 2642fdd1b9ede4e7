//! Ctrl-R: the history by a few letters in order, with when, where, how long and how many rows.

use crate::editor::screen_width;
use crate::history::Entries;
use crate::live::{Live, locked};
use crate::menu::{CHOSEN, cut};
use crate::store::{Entry, now};
use crate::theme::painted;
use frizbee::Matcher;
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, ColorMode};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, ConditionalEventHandler, Config, Context, Editor, Event, EventContext, EventHandler,
    KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::borrow::Cow;
use std::sync::{Arc, Mutex};

/// Lines of the list.
const ROWS: usize = 10;

/// Each statement once, the newest first, and the one that is chosen.
struct Pick {
    entries: Vec<Entry>,
    chosen: Mutex<usize>,
}

impl Pick {
    fn matching(&self, term: &str) -> Vec<&Entry> {
        if term.trim().is_empty() {
            return self.entries.iter().collect();
        }
        let texts: Vec<&str> = self
            .entries
            .iter()
            .map(|entry| entry.statement.as_str())
            .collect();
        let found = Matcher::from_query(term, &frizbee::Config::default()).match_list(&texts);
        found
            .iter()
            .filter_map(|found| self.entries.get(found.index as usize))
            .collect()
    }
}

struct PickHelper {
    pick: Arc<Pick>,
    live: Arc<Live>,
}

struct List(String);

impl Hint for List {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for PickHelper {
    type Hint = List;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<List> {
        let found = self.pick.matching(line);
        let mut chosen = locked(&self.pick.chosen);
        *chosen = (*chosen).min(found.len().saturating_sub(1));
        let first = chosen.saturating_sub(ROWS - 1);
        let width = screen_width().saturating_sub(1);
        let mut text = String::new();
        for (at, entry) in found.iter().enumerate().skip(first).take(ROWS) {
            let mark = if at == *chosen { CHOSEN } else { "  " };
            text.push('\n');
            text.push_str(&cut(&format!("{mark}{}", described(entry, now())), width));
        }
        if found.is_empty() {
            text.push_str("\n  nothing like this has been typed");
        }
        Some(List(text))
    }
}

/// `  3 min  demo  1.2 ms  20 rows  SELECT …`.
pub(crate) fn described(entry: &Entry, now: i64) -> String {
    let time = entry.milliseconds.map_or(String::new(), |ms| match ms {
        ms if ms < 1_000.0 => format!("{ms:.1} ms"),
        ms => format!("{:.1} s", ms / 1_000.0),
    });
    let rows = match (&entry.error, entry.rows) {
        (Some(_), _) => "failed".to_owned(),
        (None, Some(1)) => "1 row".to_owned(),
        (None, Some(rows)) => format!("{rows} rows"),
        (None, None) => String::new(),
    };
    let statement: Vec<&str> = entry.statement.split_whitespace().collect();
    let (when, at) = (ago(entry.began, now), cut(&entry.connection, 16));
    format!(
        "{when:>8}  {at:<16}  {time:>9}  {rows:>9}  {}",
        statement.join(" ")
    )
}

fn ago(began: i64, now: i64) -> String {
    let seconds = (now - began).max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

impl Highlighter for PickHelper {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let theme = self.live.theme();
        let rows = hint.split('\n').map(|row| {
            painted(
                row,
                if row.starts_with(CHOSEN) {
                    theme.chosen
                } else {
                    theme.faint
                },
            )
        });
        Cow::Owned(rows.collect::<Vec<_>>().join("\n"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        true
    }
}

impl Validator for PickHelper {}
impl Completer for PickHelper {
    type Candidate = String;
}
impl rustyline::Helper for PickHelper {}

struct Step(Arc<Pick>, bool);

impl ConditionalEventHandler for Step {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        let mut chosen = locked(&self.0.chosen);
        *chosen = match self.1 {
            true => *chosen + 1,
            false => chosen.saturating_sub(1),
        };
        Some(Cmd::Repaint)
    }
}

/// Lets the person pick a statement; `None` where they would rather not.
pub(crate) fn search(
    entries: &Entries,
    live: &Arc<Live>,
    color: bool,
) -> Result<Option<String>, ReadlineError> {
    let mut seen = std::collections::HashSet::new();
    let mut newest: Vec<Entry> = locked(entries).iter().rev().cloned().collect();
    newest.retain(|entry| seen.insert(entry.statement.clone()));
    let pick = Arc::new(Pick {
        entries: newest,
        chosen: Mutex::new(0),
    });
    let config = Config::builder()
        .bell_style(BellStyle::None)
        // Escape is a key of its own where nothing follows it at once.
        .keyseq_timeout(Some(50))
        .color_mode(if color {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .build();
    let mut editor: Editor<PickHelper, MemHistory> =
        Editor::with_history(config, MemHistory::new())?;
    editor.set_helper(Some(PickHelper {
        pick: Arc::clone(&pick),
        live: Arc::clone(live),
    }));
    let step = |down| EventHandler::Conditional(Box::new(Step(Arc::clone(&pick), down)));
    for (key, down) in [
        (KeyEvent(KeyCode::Down, Modifiers::NONE), true),
        (KeyEvent(KeyCode::Up, Modifiers::NONE), false),
        (KeyEvent::ctrl('N'), true),
        (KeyEvent::ctrl('P'), false),
        (KeyEvent::ctrl('R'), true),
        (KeyEvent::ctrl('S'), false),
    ] {
        editor.bind_sequence(key, step(down));
    }
    for key in [KeyEvent::ctrl('G'), KeyEvent(KeyCode::Esc, Modifiers::NONE)] {
        editor.bind_sequence(key, EventHandler::Simple(Cmd::Interrupt));
    }
    match editor.readline("history> ") {
        Ok(term) => {
            let chosen = *locked(&pick.chosen);
            Ok(pick
                .matching(&term)
                .get(chosen)
                .map(|entry| entry.statement.clone()))
        }
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pick, described};
    use crate::store::Entry;
    use std::sync::Mutex;

    fn entry(statement: &str) -> Entry {
        Entry {
            statement: statement.into(),
            connection: "demo".into(),
            milliseconds: Some(1.25),
            rows: Some(20),
            began: 0,
            error: None,
        }
    }

    #[test]
    fn a_few_letters_find_a_statement() {
        let entries = vec![
            entry("SELECT * FROM orders;"),
            entry("UPDATE employees SET salary = 1;"),
        ];
        let pick = Pick {
            entries,
            chosen: Mutex::new(0),
        };
        let found = |term: &str| {
            pick.matching(term)
                .first()
                .map(|entry| entry.statement.clone())
        };
        assert_eq!(
            found("updsal").as_deref(),
            Some("UPDATE employees SET salary = 1;")
        );
        assert_eq!(found("from ord").as_deref(), Some("SELECT * FROM orders;"));
        assert_eq!(found("zzz"), None);
        assert_eq!(pick.matching("").len(), 2);
    }

    #[test]
    fn an_entry_says_when_where_how_long_and_how_many() {
        let shown = described(&entry("SELECT\n  1;"), 180_000);
        assert_eq!(
            shown,
            "   3 min  demo                 1.2 ms    20 rows  SELECT 1;"
        );
    }
}
