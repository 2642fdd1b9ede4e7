//! CONNECT, USE, DISCONNECT: a session's databases, of which one is worked in.

use crate::Target;
use crate::config::limits::Limits;
use crate::config::profiles::{Place, Profile};
use crate::config::reach::{Reached, reach};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::known::Known;
use crate::session::lost::Lost;
use crate::session::{Session, Transaction};
use rql::Dialect;
use rql_ast::{Ast, Expr, ExprKind, Id, Ident, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};
use std::sync::Arc;

/// The name of the connection that a session begins with, where it has none of its own.
pub(crate) const MAIN: &str = "main";

/// A connection that is open and not worked in.
pub(crate) struct Parked {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) connection: Box<dyn Connection>,
    pub(crate) known: Known,
    failed: bool,
    only_reads: bool,
    lost: Option<Lost>,
    told: bool,
    temporary: Vec<String>,
}

fn wrong(message: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::error(codes::CONNECTION_ERROR, message).label(span, label)
}

impl Session {
    /// `CONNECT 'url' [AS name]`: opens a database beside the others.
    pub(crate) fn connect(
        &mut self,
        ast: &Ast,
        url: Id<Expr>,
        alias: Option<Ident>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast[url].span;
        let place = self.wanted(ast, url, out)?;
        let name = alias.map_or_else(|| stem(&place), |alias| ast.name(alias).into_owned());
        if self.name == name || self.parked.iter().any(|parked| parked.name == name) {
            let at = alias.map_or(span, |alias| alias.span);
            return Err(wrong(
                format!("there is a connection {name} already"),
                at,
                "this name",
            )
            .help(format!(
                "DISCONNECT {name} closes it; AS gives another name"
            ))
            .into());
        }
        self.park(name, place, span, out)
    }

    /// Opens a database beside the others.
    fn park(
        &mut self,
        name: String,
        place: Place,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let Reached {
            connection,
            place,
            remarks,
        } = reach(place, &self.settings, self.ask.as_ref())
            .map_err(|error| Failure::at(error, span))?;
        for remark in &remarks {
            out.remark(remark)?;
        }
        let target = &place.target;
        self.say(
            &format!("Connected: {name} ({target}); USE {name} works in it"),
            out,
        )?;
        self.parked.push(Parked {
            name,
            target: place.target,
            profile: place.profile,
            connection,
            known: Known::default(),
            failed: false,
            only_reads: false,
            lost: None,
            told: false,
            temporary: Vec::new(),
        });
        Ok(())
    }

    /// The name of an open connection that is called so; a configured one is opened where it is first named.
    pub(crate) fn opened(
        &mut self,
        name: &str,
        span: Span,
        out: &mut Output,
    ) -> Result<Option<String>, Failure> {
        if self.is_connection(name) {
            return Ok(Some(name.to_owned()));
        }
        if name == MAIN {
            return Ok(Some(self.first.clone()));
        }
        let Some(profile) = self.profiles.named(name) else {
            return Ok(None);
        };
        let name = profile.name.clone();
        let place = self.profiles.place(&name);
        let place = place.map_err(|error| Failure::at(error, span))?;
        self.park(name.clone(), place, span, out)?;
        Ok(Some(name))
    }

    /// `USE name`, `USE 'file.db' [AS alias]`.
    pub(crate) fn use_target(
        &mut self,
        ast: &Ast,
        id: Id<Expr>,
        alias: Option<Ident>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast[id].span;
        if let Some(alias) = alias {
            return self.attach(ast, id, &ast.name(alias), out);
        }
        if let ExprKind::Column(name) = ast[id].kind {
            let name = ast.dotted(name);
            if self.is_connection(&name) {
                self.go_to(&name);
                return self.say(&format!("Connection: {name}"), out);
            }
            let schemas = self.catalog().map_err(|error| Failure::at(error, span))?;
            let own = schemas.default_schema() == Some(&name);
            let schema = own || schemas.schemas().contains(&name);
            let dialect = self.connection.dialect();
            let change = match dialect {
                Dialect::Postgresql => Some("SET search_path ="),
                Dialect::Mysql | Dialect::Mariadb => Some("USE"),
                _ => None,
            };
            if let Some(change) = change.filter(|_| schema) {
                let done = self
                    .connection
                    .batch(&format!("{change} {}", rql::quoted(&name, dialect)));
                done.map_err(|error| Failure::at(error, span))?;
                self.told = true;
                self.forget();
                return self.say(&format!("Schema changed to: {name}"), out);
            }
            if let Some(name) = self.opened(&name, span, out)? {
                self.go_to(&name);
                return self.say(&format!("Connection: {name}"), out);
            }
            if schema {
                let message = format!("{name} is a schema of this database");
                return Err(wrong(message, span, "it is not worked in, but named")
                    .help(format!("{name}.t is its table t"))
                    .into());
            }
            if name != "demo" {
                let names = self
                    .connection_names()
                    .chain(self.profiles.names())
                    .map(str::to_owned)
                    .collect::<Vec<_>>();
                let message = format!("no schema or connection is named {name}");
                let error = wrong(message, span, "not known in this session");
                return Err(
                    match did_you_mean(&name, names.iter().map(String::as_str)) {
                        Some(near) => error.suggest(format!("did you mean {near}?"), span, near),
                        None => {
                            error.help("USE demo opens the demo database, USE 'file.db' a file")
                        }
                    }
                    .into(),
                );
            }
        }
        let place = self.wanted(ast, id, out)?;
        if self.transaction() != Transaction::None {
            return Err(wrong("a transaction is open", span, "this would lose it")
                .help("COMMIT or ROLLBACK first, or CONNECT opens a database beside")
                .into());
        }
        let name = place.target.to_string();
        self.reconnect(place)
            .map_err(|error| Failure::at(error, span))?;
        for remark in std::mem::take(&mut self.remarks) {
            out.remark(&remark)?;
        }
        self.say(&format!("Schema changed to: {name}"), out)
    }

    /// `DISCONNECT [name]`.
    pub(crate) fn disconnect(
        &mut self,
        ast: &Ast,
        name: Option<Ident>,
        span: Span,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let (name, place) = match name {
            Some(name) => (ast.name(name).into_owned(), name.span),
            None => (self.name.clone(), span),
        };
        if name == self.first {
            return Err(wrong(
                format!("{name} cannot be closed"),
                place,
                "the session stands on it",
            )
            .help("USE 'file.db' opens another database in its place")
            .into());
        }
        if name == self.name {
            self.go_to(&self.first.clone());
        }
        let Some(at) = self.parked.iter().position(|parked| parked.name == name) else {
            let known: Vec<_> = self.connection_names().map(str::to_owned).collect();
            let error = wrong(format!("no connection is named {name}"), place, "not open");
            return Err(
                match did_you_mean(&name, known.iter().map(String::as_str)) {
                    Some(near) => error.suggest(format!("did you mean {near}?"), place, near),
                    None => error.help("SHOW CONNECTIONS lists them"),
                }
                .into(),
            );
        };
        self.parked.remove(at);
        self.say(
            &format!("Disconnected: {name}; working in {}", self.name),
            out,
        )
    }

    /// `USE 'file.db' AS alias`: the tables of a file beside those of this one, as `alias.table`.
    fn attach(
        &mut self,
        ast: &Ast,
        id: Id<Expr>,
        alias: &str,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let span = ast[id].span;
        let file = match self.wanted(ast, id, out)?.target {
            Target::Sqlite(file) if self.connection.dialect() == Dialect::Sqlite => file,
            _ => {
                let message = "only a SQLite file can stand beside a SQLite database";
                return Err(wrong(message, span, "not this one here")
                    .help("CONNECT … AS name opens a database of any kind")
                    .into());
            }
        };
        let catalog = self.catalog().map_err(|error| Failure::at(error, span))?;
        if catalog.is_within(alias) {
            let message = format!("there is a schema {alias} already");
            let label = "CREATE SCHEMA has made it in this file";
            return Err(wrong(message, span, label)
                .help("another name behind AS")
                .into());
        }
        if !file.is_file() && self.is_read_only() {
            let message = format!("there is no file {}", file.display());
            return Err(wrong(message, span, "it would be made").into());
        }
        // A name as it is written: what bounds the connection looks at it.
        let name = rql_ast::text_literal(&file.display().to_string());
        let alias_name = rql::quoted(alias, Dialect::Sqlite);
        let attach = format!("ATTACH DATABASE {name} AS {alias_name}");
        let done = self.connection.batch(&attach);
        done.map_err(|error| Failure::at(error, span))?;
        self.forget();
        self.say(&format!("Attached: {alias} ({})", file.display()), out)
    }

    /// What a string, a parameter or a name says where to connect.
    fn wanted(&mut self, ast: &Ast, id: Id<Expr>, out: &mut Output) -> Result<Place, Failure> {
        let span = ast[id].span;
        let text = match ast[id].kind {
            ExprKind::Column(name) => ast.dotted(name),
            _ => self.evaluate(ast, id, out)?.as_ref().to_string(),
        };
        let place = self.profiles.place(&text);
        let place = place.map_err(|error| Failure::at(error, span))?;
        // What a person has configured is meant.
        if place.profile.is_none() {
            Limits(&self.settings).database(&place.target, span)?;
        }
        Ok(place)
    }

    /// Works in another connection from now on; the one before stays open. Gives its name.
    pub(crate) fn go_to(&mut self, name: &str) -> String {
        let before = self.name.clone();
        let Some(at) = self.parked.iter().position(|parked| parked.name == name) else {
            return before;
        };
        self.leave(&before);
        let next = self.parked.remove(at);
        self.parked.push(Parked {
            name: std::mem::replace(&mut self.name, next.name),
            target: std::mem::replace(&mut self.target, next.target),
            profile: std::mem::replace(&mut self.profile, next.profile),
            connection: std::mem::replace(&mut self.connection, next.connection),
            known: std::mem::replace(&mut self.known, next.known),
            failed: std::mem::replace(&mut self.failed, next.failed),
            only_reads: std::mem::replace(&mut self.only_reads, next.only_reads),
            lost: std::mem::replace(&mut self.lost, next.lost),
            told: std::mem::replace(&mut self.told, next.told),
            temporary: std::mem::replace(&mut self.temporary, next.temporary),
        });
        self.come_back(&self.name.clone());
        self.watch();
        before
    }

    fn is_connection(&self, name: &str) -> bool {
        self.connection_names().any(|known| known == name)
    }

    /// The names of the connections.
    pub fn connection_names(&self) -> impl Iterator<Item = &str> {
        let parked = self.parked.iter().map(|parked| parked.name.as_str());
        std::iter::once(self.name.as_str()).chain(parked)
    }

    /// The names of the connections that can be opened by them.
    pub fn configured(&self) -> impl Iterator<Item = &str> {
        self.profiles.names()
    }

    fn say(&self, text: &str, out: &mut Output) -> Result<(), Failure> {
        if out.chatty {
            out.remark(text)?;
        }
        Ok(())
    }

    /// Name, place, backend and state of each connection, also of those that are not open.
    pub(crate) fn connections(&self) -> Vec<[String; 4]> {
        let row = |name: &str, target: &Target, connection: &dyn Connection, state: &str| {
            let backend = connection.dialect().name().to_owned();
            [
                name.to_owned(),
                target.to_string(),
                backend,
                state.to_owned(),
            ]
        };
        let here = row(&self.name, &self.target, &*self.connection, "current");
        let others = self.parked.iter();
        let others = others.map(|p| row(&p.name, &p.target, &*p.connection, ""));
        let closed = self.profiles.all().filter_map(|profile| {
            let target = profile.target.as_ref()?;
            let is_open = self.is_connection(&profile.name);
            (!is_open).then(|| {
                [
                    profile.name.clone(),
                    target.to_string(),
                    target.backend().to_owned(),
                    "not open".to_owned(),
                ]
            })
        });
        let mut all: Vec<_> = others.chain([here]).chain(closed).collect();
        all.sort();
        all
    }
}

/// A connection's name where none is given: the file's, or the database's.
fn stem(place: &Place) -> String {
    if let Some(profile) = &place.profile {
        return profile.name.clone();
    }
    let shown = place.target.to_string();
    let last = shown.rsplit(['/', '\\']).next().unwrap_or(&shown);
    let name = last.split(['.', '?']).next().unwrap_or(last);
    name.to_lowercase()
}
