//! What the line editor and the prompt share while a line is being typed.

use crate::menu::Menu;
use crate::place::{bring_last, is_last};
use crate::theme::{THEMES, Theme};
use rql_ide::World;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a key has asked for besides the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The history.
    Search,
    /// The person's own editor.
    Edit,
    /// That the line is forgotten.
    Drop,
}

/// The world that is completed in, and the state of the line's surroundings.
#[derive(Debug)]
pub(crate) struct Live {
    world: Mutex<Arc<World>>,
    theme: Mutex<&'static Theme>,
    /// The colour of the connection, where it has one.
    place: Mutex<Option<&'static str>>,
    /// The width of the prompt.
    width: AtomicUsize,
    pub(crate) menu: Mutex<Option<Menu>>,
    wanted: Mutex<Option<Wanted>>,
    reading: Mutex<Reading>,
}

/// The catalog that a thread reads.
#[derive(Debug, Default)]
struct Reading {
    busy: bool,
    turn: usize,
    read: Option<rql::Catalog>,
}

/// A value is whole even where a thread that held it has panicked.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            world: Mutex::new(Arc::default()),
            theme: Mutex::new(&THEMES[0]),
            place: Mutex::new(None),
            width: AtomicUsize::new(0),
            menu: Mutex::new(None),
            wanted: Mutex::new(None),
            reading: Mutex::default(),
        }
    }

    /// The world, with the catalog that has been read meanwhile.
    pub(crate) fn world(&self) -> Arc<World> {
        let mut world = locked(&self.world);
        if let Some(mut catalog) = locked(&self.reading).read.take() {
            catalog.set_definitions(world.catalog.definitions().to_vec());
            catalog.look_as(&world.catalog);
            let last = world.catalog.find(None, "last").cloned();
            bring_last(&mut catalog, last.filter(is_last));
            *world = Arc::new(World {
                catalog,
                ..(**world).clone()
            });
        }
        Arc::clone(&world)
    }

    /// The turn of a thread that may read the catalog; `None` where one reads already.
    pub(crate) fn begin_reading(&self, moved: bool) -> Option<usize> {
        let mut reading = locked(&self.reading);
        if reading.busy && !moved {
            return None;
        }
        (reading.busy, reading.read) = (true, None);
        reading.turn += 1;
        Some(reading.turn)
    }

    /// What was read is for the connection that was there when the turn began.
    pub(crate) fn end_reading(&self, turn: usize, catalog: Option<rql::Catalog>) {
        let mut reading = locked(&self.reading);
        if reading.turn == turn {
            (reading.busy, reading.read) = (false, catalog);
        }
    }

    pub(crate) fn set_world(&self, world: World) {
        *locked(&self.world) = Arc::new(world);
    }

    pub(crate) fn theme(&self) -> &'static Theme {
        *locked(&self.theme)
    }

    /// The colour of the prompt: that of the connection goes before the theme's, where that has one at all.
    pub(crate) fn prompt(&self) -> &'static str {
        match self.theme().prompt {
            "" => "",
            own => locked(&self.place).unwrap_or(own),
        }
    }

    pub(crate) fn set_place(&self, color: Option<&'static str>) {
        *locked(&self.place) = color;
    }

    pub(crate) fn set_theme(&self, theme: &'static Theme) {
        *locked(&self.theme) = theme;
    }

    pub(crate) fn width(&self) -> usize {
        self.width.load(Ordering::Relaxed)
    }

    pub(crate) fn set_width(&self, width: usize) {
        self.width.store(width, Ordering::Relaxed);
    }

    pub(crate) fn want(&self, wanted: Wanted) {
        *locked(&self.wanted) = Some(wanted);
    }

    pub(crate) fn is_wanted(&self) -> bool {
        locked(&self.wanted).is_some()
    }

    pub(crate) fn take_wanted(&self) -> Option<Wanted> {
        locked(&self.wanted).take()
    }
}
