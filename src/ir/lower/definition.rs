//! LET relations become WITH queries of the statement that uses them; macros are expanded where they are
//! called.
//!
//! Expansion is hygienic: an argument is lowered where the call stands, with the names that are visible there; the
//! body is lowered with its parameters and nothing else of the caller's.

use super::scope::Scope;
use super::{Lowerer, Name, Res, error};
use crate::*;
use rql_ast::{self as ast, ArgLabel, Ast, Id, Span};
use rql_diagnostics::{Diagnostic, codes};

/// Arguments that are used more than once are lowered more than once; this bounds the whole.
const MOST_EXPANSIONS: usize = 10_000;

/// The expansion of a macro: its arguments and where they are lowered.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    definition: &'a Definition,
    args: Vec<(Name<'a>, Argument)>,
    /// Where the call stands.
    caller: Site<'a>,
    /// The call, in the text that is compiled.
    home: Span,
}

/// Where names are looked up: a tree, the expansion that it belongs to, the first block that can be seen and
/// the first one that cannot any more (`None`: no block can be seen).
#[derive(Clone, Copy, Debug)]
struct Site<'a> {
    ast: &'a Ast,
    frame: Option<usize>,
    floor: usize,
    level: Option<usize>,
}

/// What stands for a parameter.
#[derive(Clone, Copy, Debug)]
enum Argument {
    /// An expression of the caller.
    Given(Id<ast::Expr>),
    /// The default.
    Default(Id<ast::Expr>),
}

impl<'a> Lowerer<'a> {
    /// The WITH query of a LET relation; `None` where none has the name.
    pub(super) fn let_relation(&mut self, name: &str, span: Span) -> Res<Option<CteId>> {
        let all = match self.capturing {
            Some(definition) => definition.captured.iter(),
            None => self.env.catalog.definitions().iter(),
        };
        let found = all
            .rev()
            .map(|d| &**d)
            .find(|d| !d.is_macro() && d.name.eq_ignore_ascii_case(name));
        let Some(definition) = found else {
            return Ok(None);
        };
        if let Some(known) = self.lets.iter().find(|l| l.0 == definition.key) {
            return Ok(Some(known.1));
        }
        if let Some(away) = &definition.away {
            let message = format!("{name} was defined on another connection");
            let error = Diagnostic::error(codes::CONNECTION_ERROR, message);
            return Err(Box::new(
                error
                    .label(span, format!("its rows are those of {away}"))
                    .help("COPY (query) TO connection.table brings rows over"),
            ));
        }
        let DefinitionKind::Relation(query) = definition.kind else {
            return Ok(None);
        };
        let capturing = self.capturing.replace(definition);
        let done = self.apart(definition, span, |this| this.query(query));
        self.capturing = capturing;
        let (rel, columns) = done?;
        let cte = self.ir.add_cte(Cte {
            name: definition.name.clone(),
            rel,
            columns,
            recursive: false,
            materialized: None,
            search: None,
            cycle: None,
        });
        self.lets.push((definition.key.clone(), cte));
        Ok(Some(cte))
    }

    /// The LET relations that are used become the first WITH queries of the statement.
    pub(super) fn with_lets(&mut self, root: RelId) -> RelId {
        if self.lets.is_empty() {
            return root;
        }
        let mut ctes: Vec<CteId> = core::mem::take(&mut self.lets)
            .into_iter()
            .map(|l| l.1)
            .collect();
        for &cte in &ctes {
            self.rename_let(cte);
        }
        let Rel { kind, span } = self.ir.rel(root).clone();
        let input = match kind {
            RelKind::With { ctes: more, input } => {
                ctes.extend(more);
                input
            }
            _ => root,
        };
        self.ir.add_rel(RelKind::With { ctes, input }, span)
    }

    /// A LET relation's WITH query hides no table and no other WITH query of the statement.
    fn rename_let(&mut self, cte: CteId) {
        let name = self.ir.ctes[cte.index()].name.clone();
        let taken = |name: &str| {
            let scanned = |rel: &Rel| matches!(&rel.kind, RelKind::Scan { table, .. } if table.eq_ignore_ascii_case(name));
            let others = self.ir.ctes.iter().enumerate();
            let mut others = others.filter(|(at, _)| *at != cte.index());
            others.any(|(_, other)| other.name.eq_ignore_ascii_case(name))
                || self.ir.rels.iter().any(scanned)
        };
        let mut free = name.clone();
        let mut count = 1;
        while taken(&free) {
            count += 1;
            free = format!("{name}_{count}");
        }
        self.ir.ctes[cte.index()].name = free;
    }

    /// A call of a macro as a value; `None` where no macro has the name.
    pub(super) fn scalar_macro(&mut self, call: ast::Call, span: Span) -> Res<Option<ScalarId>> {
        let name = self.ast.dotted(call.name);
        let Some(definition) = self.macro_named(&name) else {
            return Ok(None);
        };
        let DefinitionKind::Scalar(_, body) = definition.kind else {
            let message = format!("{name} is a macro that gives a table");
            return error(codes::MACRO_CALL, span, message, "it stands in FROM");
        };
        let plain = call.filter.is_none()
            && call.over.is_none()
            && call.order_by.is_empty()
            && call.within_group.is_empty()
            && call.quantifier == ast::Quantifier::None;
        if !plain {
            let message = "a macro is called with arguments only";
            let label = "DISTINCT, ORDER BY, FILTER and OVER stand inside the macro";
            return error(codes::MACRO_CALL, span, message, label);
        }
        let level = Some(self.scopes.len());
        let frame = self.frame_for(definition, call, span, level)?;
        let floor = core::mem::replace(&mut self.floor, self.scopes.len());
        let done = self.expanding(definition, frame, |this| this.expr(body));
        self.floor = floor;
        done.map(Some)
    }

    /// A call of a macro in FROM; `None` where no macro has the name.
    pub(super) fn table_macro(
        &mut self,
        call: ast::Call,
        span: Span,
    ) -> Res<Option<(RelId, super::Output)>> {
        let name = self.ast.dotted(call.name);
        let Some(definition) = self.macro_named(&name) else {
            return Ok(None);
        };
        let DefinitionKind::Table(_, body) = definition.kind else {
            let message = format!("{name} is a macro that gives a value");
            let label = "FROM takes macros that are defined AS TABLE";
            return error(codes::MACRO_CALL, span, message, label);
        };
        let frame = self.frame_for(definition, call, span, None)?;
        let home = self.frames[frame].home;
        let before = self.frame.replace(frame);
        let done = self.apart(definition, home, |this| this.query(body));
        self.frame = before;
        let done = done.map_err(|problem| Box::new(self.trail(*problem, definition, home)))?;
        Ok(Some(done))
    }

    fn macro_named(&self, name: &str) -> Option<&'a Definition> {
        let mut all = self.env.catalog.definitions().iter().rev();
        let found = all.find(|d| d.is_macro() && d.name.eq_ignore_ascii_case(name));
        found.map(|definition| &**definition)
    }

    /// The parameter of the macro whose body this is, as the caller gives it; `None` where none has the name.
    pub(super) fn macro_argument(&mut self, name: ast::Name) -> Res<Option<ScalarId>> {
        let (Some(at), [part]) = (self.frame, &self.ast[name.parts]) else {
            return Ok(None);
        };
        let name = self.ast.name(*part);
        let args = self.frames[at].args.iter();
        let found = args
            .into_iter()
            .find(|arg| arg.0.eq_ignore_ascii_case(&name));
        let Some(&(_, argument)) = found else {
            return Ok(None);
        };
        let (place, expr) = match argument {
            Argument::Given(expr) => (self.frames[at].caller, expr),
            // A default sees nothing but functions.
            Argument::Default(expr) => {
                let place = Site {
                    ast: self.ast,
                    frame: None,
                    floor: 0,
                    level: None,
                };
                (place, expr)
            }
        };
        self.expansions += 1;
        if self.expansions > MOST_EXPANSIONS {
            let message = format!("macros expand to more than {MOST_EXPANSIONS} pieces");
            let home = self.frames[at].home;
            return error(
                codes::MACRO_CALL,
                home,
                message,
                "the expansion begins here",
            );
        }
        self.argument(place, expr).map(Some)
    }

    /// Lowers an argument where its call stands.
    fn argument(&mut self, place: Site<'a>, expr: Id<ast::Expr>) -> Res<ScalarId> {
        let hidden = match place.level {
            Some(level) => {
                let level = level.min(self.scopes.len());
                self.scopes.split_off(level)
            }
            None => core::mem::replace(&mut self.scopes, vec![Scope::default()]),
        };
        let ast = core::mem::replace(&mut self.ast, place.ast);
        let frame = core::mem::replace(&mut self.frame, place.frame);
        let floor = core::mem::replace(&mut self.floor, place.floor);
        let mark = self.ir.scalars.len();
        let done = self.expr(expr);
        if done.is_err() {
            self.told |= self.is_home();
        }
        self.ast = ast;
        self.frame = frame;
        self.floor = floor;
        match place.level {
            Some(_) => {
                if !hidden.is_empty() {
                    self.note_outer(mark);
                }
                self.scopes.extend(hidden);
            }
            None => self.scopes = hidden,
        }
        done
    }

    /// An argument that is used in a query of the body refers to the caller's columns from there.
    fn note_outer(&mut self, mark: usize) {
        let scalars = self.ir.scalars[mark..].iter().enumerate();
        let columns: Vec<_> = scalars
            .filter_map(|(at, s)| match s.kind {
                ScalarKind::Column(id) => Some((ScalarId::at(mark + at), id)),
                _ => None,
            })
            .collect();
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        for (scalar, id) in columns {
            if scope.owns(id) {
                scope.outer_refs.push((scalar, id));
            }
        }
    }

    /// Binds a call's arguments to the parameters.
    fn frame_for(
        &mut self,
        definition: &'a Definition,
        call: ast::Call,
        span: Span,
        level: Option<usize>,
    ) -> Res<usize> {
        self.no_recursion(definition, span)?;
        let ast = self.ast;
        let params = definition.params();
        let names: Vec<Name<'a>> = params.iter().map(|p| definition.ast.name(p.name)).collect();
        let mut given: Vec<Option<Argument>> = vec![None; params.len()];
        let signature = || definition.signature();
        for (position, arg) in ast[call.args].iter().enumerate() {
            let at = match arg.label {
                ArgLabel::None => (position < params.len()).then_some(position),
                ArgLabel::Assign(name) | ArgLabel::Arrow(name) => {
                    let name = ast.name(name);
                    names
                        .iter()
                        .position(|known| known.eq_ignore_ascii_case(&name))
                }
                _ => None,
            };
            let Some(slot) = at.and_then(|at| given.get_mut(at)) else {
                let message = format!("{} has no such parameter", definition.name);
                let at = ast[arg.value].span;
                let label = format!("it is called as {}", signature());
                return error(codes::MACRO_CALL, at, message, &label);
            };
            if slot.is_some() {
                let at = ast[arg.value].span;
                return error(
                    codes::MACRO_CALL,
                    at,
                    "a parameter is given twice",
                    "again here",
                );
            }
            *slot = Some(Argument::Given(arg.value));
        }
        let mut args = Vec::new();
        for ((param, name), given) in params.iter().zip(names).zip(given) {
            let Some(argument) = given.or(param.default.map(Argument::Default)) else {
                let message = format!("{} needs a value for {name}", definition.name);
                let label = format!("it is called as {}", signature());
                return error(codes::MACRO_CALL, span, message, &label);
            };
            args.push((name, argument));
        }
        let caller = Site {
            ast,
            frame: self.frame,
            floor: self.floor,
            level,
        };
        let home = match self.frame {
            Some(frame) if !self.is_home() => self.frames[frame].home,
            _ if !self.is_home() => self.site.unwrap_or(span),
            _ => span,
        };
        self.frames.push(Frame {
            definition,
            args,
            caller,
            home,
        });
        Ok(self.frames.len() - 1)
    }

    fn no_recursion(&self, definition: &Definition, span: Span) -> Res<()> {
        let mut chain = Vec::new();
        let mut frame = self.frame;
        while let Some(at) = frame {
            chain.push(self.frames[at].definition.name.as_str());
            if core::ptr::eq(self.frames[at].definition, definition) {
                chain.reverse();
                let message = format!("the macro {} calls itself", definition.name);
                let label = format!("{} → {}", chain.join(" → "), definition.name);
                return error(codes::MACRO_CALL, span, message, &label);
            }
            frame = self.frames[at].caller.frame;
        }
        Ok(())
    }

    /// Lowers a macro's body.
    fn expanding<T>(
        &mut self,
        definition: &'a Definition,
        frame: usize,
        lower: impl FnOnce(&mut Self) -> Res<T>,
    ) -> Res<T> {
        let home = self.frames[frame].home;
        let before = self.frame.replace(frame);
        let ast = core::mem::replace(&mut self.ast, &definition.ast);
        let mark = (self.ir.scalars.len(), self.ir.rels.len());
        let done = lower(self);
        let foreign = !self.is_home();
        self.ast = ast;
        self.frame = before;
        if foreign {
            self.bring_home(mark, home);
        }
        done.map_err(|problem| Box::new(self.trail(*problem, definition, home)))
    }

    /// Lowers the query of a definition, which sees nothing of the blocks around.
    fn apart<T>(
        &mut self,
        definition: &'a Definition,
        site: Span,
        lower: impl FnOnce(&mut Self) -> Res<T>,
    ) -> Res<T> {
        let scopes = core::mem::take(&mut self.scopes);
        let ctes = core::mem::take(&mut self.ctes);
        let floor = core::mem::take(&mut self.floor);
        let untyped = core::mem::take(&mut self.keep_untyped);
        let frame = if definition.is_macro() {
            self.frame
        } else {
            self.frame.take()
        };
        let home = if self.is_home() {
            site
        } else {
            self.site.unwrap_or(site)
        };
        let before = self.site.replace(home);
        let ast = core::mem::replace(&mut self.ast, &definition.ast);
        let mark = (self.ir.scalars.len(), self.ir.rels.len());
        let done = lower(self);
        let foreign = !self.is_home();
        self.ast = ast;
        self.site = before;
        self.frame = frame;
        self.scopes = scopes;
        self.ctes = ctes;
        self.floor = floor;
        self.keep_untyped = untyped;
        if foreign {
            self.bring_home(mark, home);
        }
        if definition.is_macro() {
            return done;
        }
        done.map_err(|problem| Box::new(self.trail(*problem, definition, home)))
    }

    /// True where spans are those of the text that is compiled.
    fn is_home(&self) -> bool {
        std::sync::Arc::ptr_eq(self.ast.source(), self.home.source())
            || self.ast.source() == self.home.source()
    }

    /// What comes from another text stands where it is used.
    fn bring_home(&mut self, mark: (usize, usize), home: Span) {
        for scalar in &mut self.ir.scalars[mark.0..] {
            scalar.span = home;
        }
        for rel in &mut self.ir.rels[mark.1..] {
            rel.span = home;
        }
        for param in &mut self.ir.params {
            if !self.home.text(param.span).starts_with([':', '$', '?', '@']) {
                param.span = home;
            }
        }
    }

    /// A mistake in a definition, with the way to it.
    fn trail(
        &mut self,
        mut problem: Diagnostic,
        definition: &Definition,
        home: Span,
    ) -> Diagnostic {
        let what = if definition.is_macro() {
            "the macro"
        } else {
            "the definition of"
        };
        let same = *definition.ast.source() == *self.home.source();
        if !same && !self.told {
            let text = problem
                .labels
                .first()
                .map_or("here", |label| label.text.as_str());
            let text = text.to_owned();
            problem.labels.clear();
            problem.suggestions.clear();
            problem = problem.label(home, text);
            self.told = true;
        } else {
            let text = format!("in {what} {}, used here", definition.name);
            // Of several expansions at one place the outermost is the one that is written there.
            match problem.labels.iter_mut().skip(1).find(|l| l.span == home) {
                Some(label) => label.text = text,
                None => problem = problem.label(home, text),
            }
        }
        problem.note(format!(
            "{what} {} is {}",
            definition.name,
            definition.body()
        ))
    }
}
