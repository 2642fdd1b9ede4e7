//! The line editor: what `rustyline` asks is answered by a snapshot of the line.

use crate::history::Past;
use crate::lines::{self, MARGIN, margin, without_margins};
use crate::live::{Live, Wanted, locked};
use crate::menu::{CHOSEN, Choice, Menu};
use crate::theme::painted;
use rql_ide::{Completeness, Snapshot};
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, ColorMode, CompletionType};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::SearchDirection;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    CharSearch, Cmd, ConditionalEventHandler, Config, Context, EditMode, Editor, Event,
    EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// Bytes of a statement whose lines say what they wait for.
const SIGNED: usize = 8 * 1024;

/// The editor of the prompt.
pub(crate) type LineEditor = Editor<Helper, Past>;

/// What the line editor asks.
#[derive(Debug)]
pub(crate) struct Helper {
    live: Arc<Live>,
}

/// A line editor with the keys of Emacs or vi.
pub(crate) fn editor(
    live: &Arc<Live>,
    past: Past,
    mode: EditMode,
    color: bool,
) -> rustyline::Result<LineEditor> {
    let config = Config::builder()
        .history_ignore_space(true)
        .auto_add_history(false)
        .completion_type(CompletionType::Circular)
        .bell_style(BellStyle::None)
        .edit_mode(mode)
        .color_mode(if color {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .build();
    let mut editor = Editor::with_history(config, past)?;
    editor.set_helper(Some(Helper {
        live: Arc::clone(live),
    }));
    let enter = || EventHandler::Conditional(Box::new(Enter(Arc::clone(live))));
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::NONE), enter());
    editor.bind_sequence(KeyEvent::ctrl('J'), enter());
    editor.bind_sequence(KeyEvent::ctrl('M'), enter());
    editor.bind_sequence(
        KeyEvent(KeyCode::Backspace, Modifiers::NONE),
        EventHandler::Conditional(Box::new(Backspace)),
    );
    let asks = |wanted| EventHandler::Conditional(Box::new(Asks(Arc::clone(live), wanted)));
    editor.bind_sequence(KeyEvent::ctrl('R'), asks(Wanted::Search));
    // Where the editor itself ended the line, its list would stay on the screen.
    editor.bind_sequence(KeyEvent::ctrl('C'), asks(Wanted::Drop));
    // Escape and Ctrl-C arrive as one key where they follow each other closely.
    editor.bind_sequence(
        KeyEvent(KeyCode::Char('C'), Modifiers::CTRL_ALT),
        asks(Wanted::Drop),
    );
    let edit = vec![KeyEvent::ctrl('X'), KeyEvent::ctrl('E')];
    editor.bind_sequence(Event::KeySeq(edit), asks(Wanted::Edit));
    Ok(editor)
}

/// Enter runs what is complete, and begins a new line otherwise.
struct Enter(Arc<Live>);

impl ConditionalEventHandler for Enter {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let text = without_margins(context.line());
        Some(match Snapshot::new(&self.0.world(), text).completeness() {
            Completeness::Complete => Cmd::AcceptLine,
            Completeness::Incomplete(_) => Cmd::Insert(1, format!("\n{}", margin(self.0.width()))),
        })
    }
}

/// Backspace at the beginning of a continued line joins it to the one before.
struct Backspace;

impl ConditionalEventHandler for Backspace {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let before = context.line().get(..context.pos())?;
        let text = before.trim_end_matches(MARGIN);
        let margin = before.len() > text.len() && text.ends_with('\n');
        let begin = Movement::ViCharSearch(1, CharSearch::Backward('\n'));
        margin.then_some(Cmd::Kill(begin))
    }
}

/// A key that leaves the line for a while.
struct Asks(Arc<Live>, Wanted);

impl ConditionalEventHandler for Asks {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        self.0.want(self.1);
        Some(Cmd::AcceptLine)
    }
}

impl rustyline::Helper for Helper {}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = without_margins(context.input());
        let complete = || Snapshot::new(&self.live.world(), text).completeness();
        Ok(
            match self.live.is_wanted() || complete() == Completeness::Complete {
                true => ValidationResult::Valid(None),
                false => ValidationResult::Incomplete,
            },
        )
    }
}

impl Completer for Helper {
    type Candidate = Choice;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Choice>)> {
        let snapshot = Snapshot::new(&self.live.world(), line);
        let completion = snapshot.complete(u32::try_from(pos).unwrap_or(u32::MAX));
        let start = completion.from as usize;
        let menu = Menu::new(line, pos, completion);
        let choices = menu.choices();
        *locked(&self.live.menu) = Some(menu);
        Ok((start, choices))
    }
}

/// What stands behind the line in passing.
#[derive(Debug)]
pub(crate) struct Aside {
    shown: String,
    completion: Option<String>,
}

impl Hint for Aside {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.completion.as_deref()
    }
}

pub(crate) fn screen_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

impl Hinter for Helper {
    type Hint = Aside;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Aside> {
        let mut menu = locked(&self.live.menu);
        if let Some(known) = &*menu {
            match known.shown(line, pos, screen_width()) {
                Some(shown) => {
                    return Some(Aside {
                        shown,
                        completion: None,
                    });
                }
                None => *menu = None,
            }
        }
        drop(menu);
        if pos < line.len() || line.trim().is_empty() {
            return None;
        }
        self.earlier(line, context)
            .or_else(|| self.signature(line, pos))
            .or_else(|| only_unended(line))
    }
}

/// On an empty line behind a statement that wants its semicolon: what to do.
fn only_unended(line: &str) -> Option<Aside> {
    let written = line.trim_end();
    let is_new_line = line[written.len()..].contains('\n') && !rql_ide::is_command(written);
    let statement = || format!("{};", without_margins(written));
    (is_new_line && rql_grammar::parse(&statement()).is_ok()).then(|| Aside {
        shown: "; runs it, Ctrl-C drops it".to_owned(),
        completion: None,
    })
}

impl Helper {
    /// The rest of the last statement that began so.
    fn earlier(&self, line: &str, context: &Context<'_>) -> Option<Aside> {
        let history = context.history();
        let last = history.len().checked_sub(1)?;
        let found = history
            .starts_with(line, last, SearchDirection::Reverse)
            .ok()??;
        let rest = found.entry.get(line.len()..)?;
        let first = rest.split('\n').next().filter(|rest| !rest.is_empty())?;
        Some(Aside {
            shown: first.to_owned(),
            completion: Some(first.to_owned()),
        })
    }

    /// What the call wants that is being typed.
    fn signature(&self, line: &str, pos: usize) -> Option<Aside> {
        if !line.trim_end().ends_with(['(', ',']) {
            return None;
        }
        let snapshot = Snapshot::new(&self.live.world(), line);
        let help = snapshot.signature(u32::try_from(pos).ok()?)?;
        // The longest way shows all that may be given.
        let way = help.ways.iter().max_by_key(|way| way.len())?;
        let rest: Vec<&str> = way.iter().skip(help.active).map(String::as_str).collect();
        (!rest.is_empty()).then(|| Aside {
            shown: format!(" {})", rest.join(", ")),
            completion: None,
        })
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let theme = self.live.theme();
        let snapshot = Snapshot::new(&self.live.world(), line);
        let mut text = String::with_capacity(line.len() * 2);
        let mut at = 0;
        for piece in snapshot.highlight() {
            let (start, end) = (piece.span.start as usize, piece.span.end as usize);
            let (Some(before), Some(own)) = (line.get(at..start), line.get(start..end)) else {
                continue;
            };
            self.margins(&mut text, line, at, before);
            let color = theme.color(piece.class);
            // A string may go over several lines; each has its own margin.
            for (row, part) in own.split('\n').enumerate() {
                if row > 0 {
                    text.push('\n');
                    let rest = part.trim_start_matches(MARGIN);
                    self.margin(&mut text, line, start, part.len() - rest.len());
                    text.push_str(&painted(rest, color));
                } else {
                    text.push_str(&painted(part, color));
                }
            }
            at = end;
        }
        if let Some(rest) = line.get(at..) {
            self.margins(&mut text, line, at, rest);
        }
        Cow::Owned(text)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        default: bool,
    ) -> Cow<'b, str> {
        let own = self.live.prompt();
        match prompt
            .strip_suffix("!> ")
            .or_else(|| prompt.strip_suffix("*> "))
        {
            _ if !default => Cow::Borrowed(prompt),
            Some(words) => {
                let mark = &prompt[words.len()..];
                let color = if mark.starts_with('!') {
                    "1;31"
                } else {
                    "1;33"
                };
                let color = if own.is_empty() { "" } else { color };
                Cow::Owned(painted(words, own) + &painted(mark, color))
            }
            None => Cow::Owned(painted(prompt, own)),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let theme = self.live.theme();
        let mut text = String::with_capacity(hint.len() + 32);
        for (at, row) in hint.split('\n').enumerate() {
            if at > 0 {
                text.push('\n');
            }
            let color = if row.starts_with(CHOSEN) {
                theme.chosen
            } else {
                theme.faint
            };
            let _ = write!(text, "{}", painted(row, color));
        }
        Cow::Owned(text)
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl Helper {
    /// Text between pieces, with the margins of the lines that begin in it.
    fn margins(&self, text: &mut String, line: &str, at: usize, between: &str) {
        for (row, part) in between.split('\n').enumerate() {
            if row == 0 {
                text.push_str(part);
                continue;
            }
            text.push('\n');
            let rest = part.trim_start_matches(MARGIN);
            self.margin(text, line, at, part.len() - rest.len());
            text.push_str(rest);
        }
    }

    /// The sign of a continued line, which says what the text before it waits for.
    fn margin(&self, text: &mut String, line: &str, at: usize, bytes: usize) {
        let width = bytes / MARGIN.len_utf8();
        if width == 0 {
            return;
        }
        // Of what is pasted by the page nobody reads the signs.
        let before = line.get(..at.min(SIGNED)).unwrap_or("");
        let before = Snapshot::new(&self.live.world(), if at > SIGNED { "" } else { before });
        let words = match before.completeness() {
            Completeness::Incomplete(missing) => missing.sign(),
            Completeness::Complete => "...",
        };
        text.push_str(&painted(
            &lines::sign(words, width),
            self.live.theme().faint,
        ));
    }
}
