//! What actions do at the tree of the catalog.

use crate::action::{Action, Mode};
use crate::app::App;
use crate::dialog::{Body, Dialog, Purpose};
use crate::tree::{Node, Tree};

impl App {
    /// Opens the tree of what there is.
    pub(crate) fn tables(&mut self) {
        let tree = Tree::new(&self.world.catalog);
        self.dialogs.push(Dialog {
            title: "Catalog".to_owned(),
            body: Body::Tree(tree),
            purpose: Purpose::Read,
        });
    }

    pub(crate) fn act_on_tree(&mut self, action: Action) {
        let page = isize::try_from(self.main().1.saturating_sub(4)).unwrap_or(1);
        let Some(Body::Tree(tree)) = self.dialogs.last_mut().map(|dialog| &mut dialog.body) else {
            return;
        };
        match action {
            Action::NextItem => tree.step(1),
            Action::PreviousItem => tree.step(-1),
            Action::PageDown => tree.step(page),
            Action::PageUp => tree.step(-page),
            Action::Right => tree.open(),
            Action::Left => tree.close(),
            Action::ShowAll => tree.open_all(),
            Action::Undo => {
                tree.text.undo();
                tree.typed();
            }
            Action::Back => {
                self.dialogs.pop();
            }
            _ => {
                if let Some(node) = tree.here().cloned() {
                    self.act_on_node(action, &node);
                }
            }
        }
    }

    /// Does something with what a line of the tree is.
    fn act_on_node(&mut self, action: Action, node: &Node) {
        let statement = |text: &dyn Fn(&str) -> String| node.table.as_deref().map(text);
        let text = match action {
            Action::Choose => {
                self.dialogs.pop();
                self.write_name(&node.written);
                return;
            }
            Action::Run => statement(&|table| format!("SELECT * FROM {table};")),
            Action::OpenForm => statement(&|table| format!("FORM FOR {table};")),
            Action::Describe => statement(&|table| format!("DESCRIBE {table};")),
            _ => return,
        };
        if let Some(text) = text {
            self.dialogs.pop();
            let run = self.run(&text, 0, false);
            self.submit(run);
        }
    }

    /// Puts a name into the text, apart from a word before it.
    fn write_name(&mut self, name: &str) {
        // In the builder a name goes into its text.
        self.mode = Mode::Command;
        let text = &mut self.command.text;
        let before = text.as_str()[..text.at()].chars().next_back();
        let apart =
            before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ',' | ')' | '"'));
        let space = if apart { " " } else { "" };
        text.insert(&format!("{space}{name}"));
        self.command.changed();
    }
}
