//! What a person can do: one table. The footer, F1, the palette, the keys and their documentation are made
//! from it, so they cannot disagree.

use crate::key::Key;
use std::fmt::Write as _;

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Writing statements.
    Command,
    /// Looking at a result.
    Result,
    /// Filling in a form.
    Form,
    /// Answering a question.
    Dialog,
    /// Looking at a result that is text.
    Text,
    /// Choosing from a list.
    List,
    /// Reading a page.
    Page,
    /// Typing one line.
    Line,
    /// Looking at the catalog.
    Tree,
    /// Editing a cell.
    Cell,
    /// Building a query.
    Build,
    /// Designing a form.
    Design,
}

/// Every mode, with what it is called.
pub const MODES: [(Mode, &str); 12] = [
    (Mode::Command, "Command"),
    (Mode::Result, "Result"),
    (Mode::Text, "Text"),
    (Mode::Form, "Form"),
    (Mode::Dialog, "Dialog"),
    (Mode::List, "List"),
    (Mode::Page, "Page"),
    (Mode::Line, "Line"),
    (Mode::Tree, "Catalog"),
    (Mode::Cell, "Cell"),
    (Mode::Build, "Builder"),
    (Mode::Design, "Designer"),
];

macro_rules! actions {
    ($($name:ident = $id:literal),* $(,)?) => {
        /// Something that a person can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $(#[doc = concat!("`", $id, "`")] $name),*
        }

        impl Action {
            /// What a configuration calls it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }
        }
    };
}

actions! {
    Help = "help", Run = "run", RunAll = "run-all", Cancel = "cancel", Palette = "palette",
    Redraw = "redraw", Suspend = "suspend", End = "end", Back = "back", Load = "load", Save = "save",
    Explain = "explain", Previous = "previous", Next = "next", Complete = "complete",
    Overwrite = "overwrite", Undo = "undo", Cut = "cut", Clear = "clear", Results = "results",
    Tables = "tables", Theme = "theme", Up = "up", Down = "down", Left = "left", Right = "right",
    PageUp = "page-up", PageDown = "page-down", First = "first", Last = "last", LineStart = "line-start",
    View = "view", Sort = "sort", Filter = "filter", Find = "find", FindNext = "find-next",
    Chart = "chart", Export = "export", Hide = "hide", ShowAll = "show-all", Wider = "wider",
    Narrower = "narrower", Freeze = "freeze", Mark = "mark", Statement = "statement",
    OtherResult = "other-result", Choose = "choose", NextItem = "next-item",
    PreviousItem = "previous-item", NextField = "next-field", PreviousField = "previous-field",
    Accept = "accept", Values = "values", DuplicateField = "duplicate-field",
    DuplicateRecord = "duplicate-record", Insert = "insert", Delete = "delete",
    EnterQuery = "enter-query", Count = "count", Commit = "commit", Rollback = "rollback",
    NextBlock = "next-block", PreviousBlock = "previous-block", Null = "null",
    FirstRecord = "first-record", LastRecord = "last-record", OpenForm = "open-form",
    Describe = "describe", Build = "build", Take = "take", Toggle = "toggle", Remove = "remove",
    Earlier = "earlier", Later = "later", AddTable = "add-table", AddColumn = "add-column",
    AddFilter = "add-filter", AddGroup = "add-group", AddSort = "add-sort", Distinct = "distinct",
    Limit = "limit", Offset = "offset", Design = "design", AddField = "add-field", Taller = "taller",
    Shorter = "shorter", Order = "order", Buttons = "buttons", FormItself = "form", Edit = "edit",
}

/// An action in a mode.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it does.
    pub action: Action,
    /// Where.
    pub modes: &'static [Mode],
    /// Its keys, the first one first; one of them every terminal has.
    pub keys: &'static str,
    /// The place in the footer, and what stands there. Who share a place stand side by side, under one word
    /// where it is the same.
    pub footer: Option<(u8, &'static str)>,
    /// What people read of it.
    pub title: &'static str,
}

const fn row(
    action: Action,
    modes: &'static [Mode],
    keys: &'static str,
    footer: Option<(u8, &'static str)>,
    title: &'static str,
) -> Row {
    Row {
        action,
        modes,
        keys,
        footer,
        title,
    }
}

use Action as A;
use Mode::{Build, Cell, Command, Design, Dialog, Form, Line, List, Page, Result, Text, Tree};

const WORKING: &[Mode] = &[Command, Result, Text, Form, Build, Design];

/// Every action, in the order in which help shows them.
#[rustfmt::skip]
pub static ACTIONS: &[Row] = &[
    row(A::Run, &[Command], "F5 Alt+5", Some((0, "Execute")), "run the statement at the cursor"),
    row(A::RunAll, &[Command], "Alt+A", None, "run all statements, from the first to the last"),
    row(A::Build, &[Command], "F3 Alt+3", None, "build the query by its parts"),
    row(A::Design, &[Command], "F4 Alt+4", None, "design a form"),
    row(A::View, &[Result], "Enter", Some((0, "View")), "the whole of the cell"),
    row(A::Edit, &[Result], "e F2 Alt+2", Some((0, "Edit")), "edit the cell"),
    row(A::Choose, &[Dialog, List, Line, Cell], "Enter", Some((0, "Choose")), "take it"),
    row(A::Help, &[Command, Result, Text, Dialog, List, Line, Cell], "F1 Alt+1", Some((1, "Help")), "say what can be done here"),
    row(A::Cancel, &[Command, Text], "F8 Alt+8 Ctrl+C", Some((2, "Cancel")), "end what runs"),
    row(A::Cancel, &[Result], "F8 Alt+8 Ctrl+C", Some((2, "Cancel fetch")), "end what runs, keep the rows that came"),
    row(A::Back, &[Dialog, List, Line, Cell], "Esc Ctrl+G", Some((2, "Back")), "leave it as it was"),
    row(A::Back, &[Page], "Esc Enter q Ctrl+G", Some((0, "Close")), "go back"),
    row(A::End, &[Command], "End Ctrl+E", Some((3, "Exit")), "go to the end of the line; there, leave"),
    row(A::End, &[Result, Text, Dialog, List, Line, Cell, Page], "End Ctrl+E", Some((3, "Exit")), "leave, after a question"),
    row(A::Previous, &[Command], "PgUp Alt+P", Some((4, "Prev query")), "the statement before in the history"),
    row(A::Next, &[Command], "PgDn Alt+N", Some((5, "Next query")), "the statement behind in the history"),
    row(A::Overwrite, &[Command], "Insert Alt+I", Some((6, "Ins/Ovr")), "type between or over"),
    row(A::Palette, &[Command], "Ctrl+P", Some((7, "All commands")), "find anything that can be done"),
    row(A::Palette, &[Result], "Ctrl+P", None, "find anything that can be done"),
    row(A::Palette, &[Text], "Ctrl+P", Some((7, "All commands")), "find anything that can be done"),
    row(A::Load, &[Command], "Alt+R Ctrl+O", Some((8, "Load file")), "read a file in the place of the text"),
    row(A::Save, &[Command], "Alt+W Ctrl+S", Some((9, "Save file")), "write the text to a file"),
    row(A::Redraw, &[Command, Result, Text], "Ctrl+L", Some((10, "Redraw")), "draw the whole screen again"),
    row(A::Redraw, &[Dialog], "Ctrl+L", Some((6, "Redraw")), "draw the whole screen again"),
    row(A::Complete, &[Command], "Tab", Some((11, "Complete")), "what may stand at the cursor"),
    row(A::Explain, &[Command], "Alt+E", None, "explain what is wrong"),
    row(A::Results, &[Command], "Alt+L", None, "go to the last result"),
    row(A::Tables, &[Command, Result, Text, Build], "Alt+T", None, "the catalog: tables, columns, keys, indexes"),
    row(A::Theme, &[Command, Result, Text, Build], "Alt+C", None, "choose the colours"),
    row(A::Undo, &[Command, Line, List, Cell], "Ctrl+U", None, "take the last change back"),
    row(A::Clear, &[Line, List, Cell], "Ctrl+K", None, "begin anew with nothing"),
    row(A::Cut, &[Command], "Ctrl+K", None, "cut to the end of the line"),
    row(A::Clear, &[Command], "Ctrl+N", None, "begin a new text"),
    row(A::LineStart, &[Command], "Home Ctrl+A", None, "go to the beginning of the line"),
    row(A::Back, &[Command], "Esc Ctrl+G", None, "in the builder, back to its lines"),
    row(A::PageUp, &[Result, Text, Page], "PgUp Ctrl+B", Some((4, "Page")), "a page up"),
    row(A::PageDown, &[Result, Text, Page], "PgDn Ctrl+F", Some((4, "Page")), "a page down"),
    row(A::Up, &[Text, Page], "Up k", Some((5, "Line")), "a line up"),
    row(A::Down, &[Text, Page], "Down j", Some((5, "Line")), "a line down"),
    row(A::Left, &[Result], "Left h", Some((5, "Column")), "a column to the left"),
    row(A::Right, &[Result], "Right l", Some((5, "Column")), "a column to the right"),
    row(A::Sort, &[Result], "F6 Alt+6", Some((6, "Sort")), "sort by the column: up, down, as it was"),
    row(A::Filter, &[Result], "F7 Alt+7", Some((7, "Filter")), "only rows of which something is true"),
    row(A::Find, &[Result], "/ Ctrl+S", Some((7, "Find")), "find a text in the rows"),
    row(A::FindNext, &[Result], "n", None, "find it again"),
    row(A::Export, &[Result], "Alt+W", Some((8, "Export")), "write the rows to a file"),
    row(A::Chart, &[Result], "F9 Alt+9", Some((9, "Chart")), "draw the numbers of the column"),
    row(A::Back, &[Result, Text], "Esc q Ctrl+G", Some((11, "Back to query")), "back to the text"),
    row(A::Up, &[Result], "Up k", None, "a row up"),
    row(A::Down, &[Result], "Down j", None, "a row down"),
    row(A::First, &[Result, Text, Page], "Home g", None, "the first row"),
    row(A::Last, &[Result, Text, Page], "G Alt+G", None, "the last row, once all have come"),
    row(A::Mark, &[Result], "v", None, "begin a selection, whose numbers are summed; end it"),
    row(A::Hide, &[Result], "-", None, "hide the column"),
    row(A::ShowAll, &[Result], "+", None, "show every column again"),
    row(A::Narrower, &[Result], "<", None, "a narrower column"),
    row(A::Wider, &[Result], ">", None, "a wider column"),
    row(A::Freeze, &[Result], "f", None, "keep the columns up to this one in sight; let them go"),
    row(A::Statement, &[Result], "s", None, "show the statement behind these rows"),
    row(A::OtherResult, &[Result], "Tab", None, "the result before, and round"),
    row(A::OtherResult, &[Text], "Tab", Some((0, "Other result")), "the result before, and round"),
    row(A::Run, &[Result], "F5 Alt+5", None, "run the statement again"),
    row(A::Null, &[Result], "Alt+U", None, "the cell has no value"),
    row(A::Undo, &[Result], "Ctrl+U", None, "the cell is as it was read"),
    row(A::Commit, &[Result], "F10 Alt+0", None, "show what the edits are as statements, and run them"),
    row(A::Rollback, &[Result], "Alt+Z", None, "drop all edits"),
    row(A::NextField, &[Cell], "Tab", Some((4, "Next cell")), "take it, and edit the next cell of the row"),
    row(A::PreviousField, &[Cell], "Shift+Tab Alt+Left", Some((5, "Previous")), "take it, and edit the cell before"),
    row(A::Null, &[Cell], "Alt+U", Some((6, "NULL")), "no value, which is no empty text"),
    row(A::NextItem, &[Dialog], "Tab Right Down", Some((4, "Next button")), "the next one"),
    row(A::PreviousItem, &[Dialog], "Shift+Tab Left Up", Some((5, "Previous")), "the one before"),
    row(A::NextItem, &[List], "Down Ctrl+N", Some((4, "Next")), "the next one"),
    row(A::PreviousItem, &[List], "Up Alt+P", Some((5, "Previous")), "the one before"),
    row(A::Complete, &[List], "Tab", Some((6, "Complete")), "take the chosen one into the line"),
    row(A::PageDown, &[List, Dialog], "PgDn Ctrl+F", None, "a page down"),
    row(A::PageUp, &[List, Dialog], "PgUp Ctrl+B", None, "a page up"),
    row(A::Run, &[Build], "F5 Alt+5", Some((0, "Execute")), "run the query"),
    row(A::Help, &[Build], "F1 Alt+1", Some((1, "Help")), "say what can be done here"),
    row(A::Build, &[Build], "F3 Alt+3 Tab", Some((2, "The text")), "edit the query as text; the same key comes back"),
    row(A::Take, &[Build], "F10 Alt+0", Some((3, "Into my text")), "take the query into the text that was there before"),
    row(A::Choose, &[Build], "Enter", Some((4, "Change")), "change the line; at a title, add"),
    row(A::Toggle, &[Build], "Space", Some((5, "Next kind")), "the next kind of join, of aggregate, of order; at a filter, AND or OR"),
    row(A::Remove, &[Build], "Delete x", Some((6, "Take away")), "take the line away"),
    row(A::Palette, &[Build], "Ctrl+P", Some((7, "All commands")), "find anything that can be done"),
    row(A::AddTable, &[Build], "t", Some((8, "Table")), "add a table, joined by what foreign keys say"),
    row(A::AddColumn, &[Build], "c", Some((8, "Column")), "show columns"),
    row(A::AddFilter, &[Build], "f", Some((9, "Filter")), "say which rows, or groups"),
    row(A::AddSort, &[Build], "s", Some((9, "Sort")), "sort by something"),
    row(A::AddGroup, &[Build], "g", Some((10, "Group")), "group by a column"),
    row(A::Limit, &[Build], "l", Some((10, "Limit")), "say how many rows at most"),
    row(A::Back, &[Build], "Esc Ctrl+G", Some((11, "Back")), "leave the builder, after a question where something changed"),
    row(A::End, &[Build], "End Ctrl+E", None, "leave, after a question"),
    row(A::Cancel, &[Build], "F8 Alt+8 Ctrl+C", None, "end what runs"),
    row(A::Offset, &[Build], "o", None, "leave out so many rows before"),
    row(A::Distinct, &[Build], "d", None, "rows that are the same stand once, or not"),
    row(A::Earlier, &[Build], "<", None, "put the line before the one above"),
    row(A::Later, &[Build], ">", None, "put the line behind the one below"),
    row(A::Up, &[Build], "Up k", None, "a line up"),
    row(A::Down, &[Build], "Down j", None, "a line down"),
    row(A::PageUp, &[Build], "PgUp Ctrl+B", None, "a page up"),
    row(A::PageDown, &[Build], "PgDn Ctrl+F", None, "a page down"),
    row(A::First, &[Build], "Home Alt+B", None, "the first line"),
    row(A::Last, &[Build], "G Alt+G", None, "the last line"),
    row(A::Undo, &[Build], "Ctrl+U u", None, "take the last change back"),
    row(A::Results, &[Build], "Alt+L", None, "go to the last result"),
    row(A::Redraw, &[Build], "Ctrl+L", None, "draw the whole screen again"),
    row(A::Run, &[Design], "F5 Alt+5", Some((0, "Preview")), "work at the form as it is now; Esc comes back"),
    row(A::Help, &[Design], "F1 Alt+1", Some((1, "Help")), "say what can be done here"),
    row(A::AddField, &[Design], "Insert a", Some((2, "Add field")), "add a field"),
    row(A::Save, &[Design], "F10 Alt+0 Ctrl+S", Some((3, "Save")), "save it as TOML or as a FORM block"),
    row(A::NextField, &[Design], "Tab", Some((4, "Next field")), "to the next field"),
    row(A::Choose, &[Design], "Enter", Some((5, "Change")), "what the field is: name, label, type, rules…"),
    row(A::Remove, &[Design], "Delete x", Some((6, "Take away")), "take the field away"),
    row(A::Palette, &[Design], "Ctrl+P", Some((7, "All commands")), "find anything that can be done"),
    row(A::Wider, &[Design], "+ Shift+Right", Some((8, "Width")), "a wider field"),
    row(A::Narrower, &[Design], "- Shift+Left", Some((8, "Width")), "a narrower field"),
    row(A::Buttons, &[Design], "b", Some((9, "Buttons")), "the buttons, and what they do"),
    row(A::FormItself, &[Design], "t", Some((10, "Title")), "what the form is called, and its title"),
    row(A::Back, &[Design], "Esc Ctrl+G", Some((11, "Back")), "leave the designer, after a question where something changed"),
    row(A::PreviousField, &[Design], "Shift+Tab Alt+Left", None, "to the field before"),
    row(A::Up, &[Design], "Up k", None, "move the field a line up"),
    row(A::Down, &[Design], "Down j", None, "move the field a line down"),
    row(A::Left, &[Design], "Left h", None, "move the field a column to the left"),
    row(A::Right, &[Design], "Right l", None, "move the field a column to the right"),
    row(A::Taller, &[Design], "] Shift+Down", None, "a line more"),
    row(A::Shorter, &[Design], "[ Shift+Up", None, "a line less"),
    row(A::Earlier, &[Design], "<", None, "let Tab come here earlier"),
    row(A::Later, &[Design], ">", None, "let Tab come here later"),
    row(A::Order, &[Design], "o", None, "let Tab go as the fields stand"),
    row(A::Undo, &[Design], "Ctrl+U u", None, "take the last change back"),
    row(A::End, &[Design], "End Ctrl+E", None, "leave, after a question"),
    row(A::Cancel, &[Design], "F8 Alt+8 Ctrl+C", None, "end what runs"),
    row(A::Redraw, &[Design], "Ctrl+L", None, "draw the whole screen again"),
    row(A::Choose, &[Tree], "Enter", Some((0, "Into the text")), "put the name, or a key's condition, into the text"),
    row(A::Help, &[Tree], "F1 Alt+1", Some((1, "Help")), "say what can be done here"),
    row(A::Back, &[Tree], "Esc Ctrl+G", Some((2, "Back")), "leave it"),
    row(A::End, &[Tree], "End Ctrl+E", Some((3, "Exit")), "leave, after a question"),
    row(A::Right, &[Tree], "Right", Some((4, "Open")), "show what it has; then, go there"),
    row(A::Left, &[Tree], "Left", Some((5, "Close")), "hide what it has; then, go to what it belongs to"),
    row(A::ShowAll, &[Tree], "Alt+A", Some((6, "All")), "open every table, or close them"),
    row(A::Run, &[Tree], "F5 Alt+5", Some((8, "Rows")), "the rows of the table"),
    row(A::OpenForm, &[Tree], "Alt+F", Some((9, "Form")), "the form of the table"),
    row(A::Describe, &[Tree], "Alt+D", Some((10, "Definition")), "what the table's columns are"),
    row(A::NextItem, &[Tree], "Down Ctrl+N", None, "the next one"),
    row(A::PreviousItem, &[Tree], "Up Alt+P", None, "the one before"),
    row(A::PageDown, &[Tree], "PgDn Ctrl+F", None, "a page down"),
    row(A::PageUp, &[Tree], "PgUp Ctrl+B", None, "a page up"),
    row(A::Undo, &[Tree], "Ctrl+U", None, "take the last change back"),
    row(A::Redraw, &[Tree], "Ctrl+L", Some((11, "Redraw")), "draw the whole screen again"),
    row(A::Run, &[Form], "F5 Alt+5", Some((0, "Execute")), "run the query, or what the form does"),
    row(A::Help, &[Form], "F1 Alt+1 F2 Alt+2", Some((1, "Help")), "say what can be done here"),
    row(A::Values, &[Form], "F9 Alt+9", Some((2, "List of values")), "the values that the field may have"),
    row(A::End, &[Form], "End Ctrl+E", Some((3, "Exit")), "go to the end of the field; there, leave"),
    row(A::NextField, &[Form], "Tab", Some((4, "Next field")), "to the next field, or to the buttons"),
    row(A::PreviousField, &[Form], "Shift+Tab Alt+Left", Some((5, "Previous")), "to the field before"),
    row(A::PageUp, &[Form], "PgUp Ctrl+B", Some((6, "Record")), "the record before"),
    row(A::PageDown, &[Form], "PgDn Ctrl+F", Some((6, "Record")), "the next record"),
    row(A::Palette, &[Form], "Ctrl+P", Some((7, "All commands")), "find anything that can be done"),
    row(A::EnterQuery, &[Form], "F7 Alt+7", Some((8, "Enter query")), "say by the fields what records are looked for"),
    row(A::Insert, &[Form], "F6 Alt+6", Some((9, "New record")), "a new record"),
    row(A::Commit, &[Form], "F10 Alt+0", Some((10, "Commit")), "keep all changes"),
    row(A::Back, &[Form], "Esc Ctrl+G", Some((11, "Back")), "take the typing back, end the query; else leave"),
    row(A::Accept, &[Form], "Enter", None, "to the next field; at a button, do what stands on it"),
    row(A::Down, &[Form], "Down", None, "the next field; in rows the next one, in a text of lines the next line"),
    row(A::Up, &[Form], "Up", None, "the field before; in rows the one before, in a text of lines the line before"),
    row(A::DuplicateField, &[Form], "F3 Alt+3", None, "the value of the record before"),
    row(A::DuplicateRecord, &[Form], "F4 Alt+4", None, "a new record with the values of this one"),
    row(A::Delete, &[Form], "Shift+F6 Alt+D", None, "take the record away"),
    row(A::Cancel, &[Form], "F8 Alt+8 Ctrl+C", None, "end what runs; else take back what was typed"),
    row(A::Count, &[Form], "Alt+K", None, "count the records that would be found"),
    row(A::Sort, &[Form], "Alt+S", None, "order the records by the field: up, down, as they were"),
    row(A::Rollback, &[Form], "Alt+Z", None, "drop all changes"),
    row(A::NextBlock, &[Form], "Alt+N", None, "to the rows that belong to this record"),
    row(A::PreviousBlock, &[Form], "Alt+P", None, "back to the record that they belong to"),
    row(A::Null, &[Form], "Alt+U", None, "the field has no value"),
    row(A::FirstRecord, &[Form], "Alt+B", None, "the first record"),
    row(A::LastRecord, &[Form], "Alt+G", None, "the last record"),
    row(A::Undo, &[Form], "Ctrl+U", None, "take the last change of the field back"),
    row(A::Clear, &[Form], "Ctrl+K", None, "empty the field"),
    row(A::OpenForm, &[Command, Result, Text], "Alt+F", None, "open a form that is loaded, or that of a table"),
    row(A::Redraw, &[Form, List, Line, Cell, Page], "Ctrl+L", None, "draw the whole screen again"),
    row(A::Suspend, WORKING, "Ctrl+Z", None, "back to the shell for a while; fg comes back"),
];

/// What stands in the footer of a form that shows no records, in the place of what is about them.
const WITHOUT_RECORDS: &[(u8, Action, &str)] = &[
    (6, A::Accept, "Accept"),
    (8, A::Clear, "Empty"),
    (9, A::Undo, "Take back"),
    (10, A::Redraw, "Redraw"),
];

/// Which keys do what: those of the table, or the person's own in their place.
#[derive(Clone, Debug)]
pub struct Keys(Vec<(&'static Row, Vec<Key>)>);

impl Default for Keys {
    fn default() -> Self {
        let named = |row: &'static Row| (row, row.keys.split(' ').filter_map(Key::named).collect());
        Self(ACTIONS.iter().map(named).collect())
    }
}

impl Keys {
    /// Gives actions other keys: `run=F2 Ctrl+R, filter=f`.
    ///
    /// # Errors
    /// What is wrong with that.
    pub fn remap(&mut self, text: &str) -> std::result::Result<(), String> {
        for piece in text
            .split([',', ';'])
            .map(str::trim)
            .filter(|p| !p.is_empty())
        {
            let (id, keys) = piece
                .split_once('=')
                .ok_or_else(|| format!("screen_keys: {piece} is not written as action=keys"))?;
            let known = |row: &Row| row.action.id() == id.trim();
            if !ACTIONS.iter().any(known) {
                let ids = ACTIONS.iter().map(|row| row.action.id());
                return Err(match rql_diagnostics::did_you_mean(id.trim(), ids) {
                    Some(near) => format!(
                        "screen_keys: there is no {}; did you mean {near}?",
                        id.trim()
                    ),
                    None => format!("screen_keys: there is no {}", id.trim()),
                });
            }
            let read = |word: &str| {
                Key::named(word).ok_or_else(|| format!("screen_keys: {word} is no key"))
            };
            let keys: Vec<Key> = keys
                .split_whitespace()
                .map(read)
                .collect::<std::result::Result<_, _>>()?;
            // What is taken does nothing else any more.
            for (row, own) in &mut self.0 {
                match known(row) {
                    true => own.clone_from(&keys),
                    false => own.retain(|key| !keys.contains(key)),
                }
            }
        }
        Ok(())
    }

    /// What a key does.
    #[must_use]
    pub fn action(&self, mode: Mode, key: Key) -> Option<Action> {
        let found = self.of(mode).find(|(_, keys)| keys.contains(&key));
        found.map(|(row, _)| row.action)
    }

    /// What can be done, with its keys.
    pub fn of(&self, mode: Mode) -> impl Iterator<Item = (&'static Row, &[Key])> {
        let all = self
            .0
            .iter()
            .filter(move |(row, _)| row.modes.contains(&mode));
        all.map(|(row, keys)| (*row, keys.as_slice()))
    }

    /// The first key of an action.
    #[must_use]
    pub fn first(&self, mode: Mode, action: Action) -> Option<Key> {
        let found = self.of(mode).find(|(row, _)| row.action == action);
        found.and_then(|(_, keys)| keys.first().copied())
    }

    /// The cells of the footer.
    #[must_use]
    pub fn footer(&self, mode: Mode, records: bool) -> Vec<String> {
        let mut cells = vec![String::new(); 12];
        let others = if records { &[] } else { WITHOUT_RECORDS };
        for place in 0..12_u8 {
            let here = |row: &Row| {
                row.footer
                    .filter(|(at, _)| *at == place)
                    .map(|(_, label)| label)
            };
            let mut parts: Vec<(String, &str)> = Vec::new();
            for (row, keys) in self.of(mode) {
                let (Some(label), Some(key)) = (here(row), keys.first()) else {
                    continue;
                };
                match parts.last_mut() {
                    Some((keys, last)) if *last == label => {
                        let _ = write!(keys, "/{key}");
                    }
                    _ => parts.push((key.to_string(), label)),
                }
            }
            let words: Vec<String> = parts
                .iter()
                .map(|(keys, label)| format!("{keys}:{label}"))
                .collect();
            cells[usize::from(place)] = words.join("  ");
            if let Some((_, action, label)) = others.iter().find(|(at, ..)| *at == place) {
                let key = self.first(mode, *action);
                cells[usize::from(place)] =
                    key.map_or(String::new(), |key| format!("{key}:{label}"));
            }
        }
        cells
    }
}

/// The keys as a page of the manual.
#[must_use]
pub fn manual() -> String {
    let keys = Keys::default();
    let mut page = String::new();
    for (mode, name) in MODES {
        let _ = write!(
            page,
            "\n## {name}\n\n| keys | does | is called |\n| --- | --- | --- |\n"
        );
        for (row, own) in keys.of(mode) {
            let own: Vec<String> = own.iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(
                page,
                "| {} | {} | `{}` |",
                own.join(" "),
                row.title,
                row.action.id()
            );
        }
    }
    page
}

/// The modes in which people work, for lists of all that can be done.
#[must_use]
pub fn is_working(mode: Mode) -> bool {
    WORKING.contains(&mode)
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, Action, Keys, MODES, Mode};
    use crate::key::{Code, Key};

    fn everywhere(key: &Key) -> bool {
        let plain = matches!(
            key.code,
            Code::Char(_) | Code::Enter | Code::Esc | Code::Tab
        );
        let arrow = matches!(key.code, Code::Up | Code::Down | Code::Left | Code::Right);
        plain || arrow
    }

    #[test]
    fn every_action_has_a_key_that_every_terminal_has() {
        let keys = Keys::default();
        for (mode, _) in MODES {
            for (row, own) in keys.of(mode) {
                assert_eq!(own.len(), row.keys.split(' ').count(), "{}", row.keys);
                assert!(
                    own.iter().any(everywhere),
                    "{} in {mode:?}",
                    row.action.id()
                );
            }
        }
    }

    #[test]
    fn no_key_does_two_things() {
        let keys = Keys::default();
        for (mode, _) in MODES {
            let all: Vec<Key> = keys.of(mode).flat_map(|(_, own)| own.to_vec()).collect();
            for key in &all {
                let same = all.iter().filter(|other| *other == key).count();
                assert_eq!(same, 1, "{key} in {mode:?}");
            }
        }
        assert!(ACTIONS.iter().all(|row| !row.title.is_empty()));
    }

    #[test]
    fn keys_can_be_others() {
        let mut keys = Keys::default();
        keys.remap("run=F2, filter = f")
            .expect("these are actions and keys");
        let f2 = Key::from(Code::F(2));
        assert_eq!(keys.action(Mode::Command, f2), Some(Action::Run));
        assert_eq!(keys.action(Mode::Command, Key::from(Code::F(5))), None);
        assert_eq!(keys.footer(Mode::Command, true)[0], "F2:Execute");
        assert_eq!(
            keys.remap("runn=F2").expect_err("there is no such action"),
            "screen_keys: there is no runn; did you mean run?"
        );
        assert_eq!(
            keys.remap("run=F99").expect_err("there is no such key"),
            "screen_keys: F99 is no key"
        );
    }
}
