//! Names of time zones.

/// True for a name from the list of time zones, as far as its shape says: short ones (`CET`, `EST`) are abbreviations to
/// PostgreSQL, with one offset the whole year (its manual, "Time Zones").
#[must_use]
pub fn is_zone_name(name: &str) -> bool {
    name.contains('/')
}
