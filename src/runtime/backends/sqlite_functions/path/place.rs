//! Where an object lies in the bytes that PostgreSQL keeps a document in (`jsonb.h`, `numeric.c`): it is the number that
//! `keyvalue` tells objects apart by.

use rql::Jsonb;

/// The place of one of a document's parts; `None` where it is none of them.
pub(super) fn of(part: &Jsonb, document: &Jsonb) -> Option<u64> {
    let mut found = None;
    lay(document, 0, part, &mut found);
    found
}

const fn aligned(at: u64) -> u64 {
    at.next_multiple_of(4)
}

/// Where the next one begins.
fn lay(value: &Jsonb, at: u64, wanted: &Jsonb, found: &mut Option<u64>) -> u64 {
    // A head of four bytes, and four for each element, name and value; then the names, then the values.
    let inside = |count: usize| aligned(at) + 4 + 4 * count as u64;
    if core::ptr::eq(value, wanted) {
        *found = Some(aligned(at));
    }
    match value {
        Jsonb::Null | Jsonb::Boolean(_) => at,
        Jsonb::Text(text) => at + text.len() as u64,
        Jsonb::Number(number) => aligned(at) + numeric(number),
        Jsonb::Array(items) => items
            .iter()
            .fold(inside(items.len()), |at, item| lay(item, at, wanted, found)),
        Jsonb::Object(members) => {
            let names: usize = members.iter().map(|member| member.0.len()).sum();
            let values = members.iter().map(|member| &member.1);
            values.fold(inside(2 * members.len()) + names as u64, |at, value| {
                lay(value, at, wanted, found)
            })
        }
    }
}

/// The bytes of a numeric: two for each group of four digits between the first and the last that is not zero, behind a
/// length and a short or a long head.
fn numeric(number: &str) -> u64 {
    let digits = number.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut all = "0".repeat(whole.len().next_multiple_of(4) - whole.len()) + whole;
    let groups_before = all.len() / 4;
    all.push_str(fraction);
    all.push_str(&"0".repeat(all.len().next_multiple_of(4) - all.len()));
    let groups = all.as_bytes().chunks(4);
    let counted: Vec<usize> = groups
        .enumerate()
        .filter(|(_, group)| *group != b"0000")
        .map(|(at, _)| at)
        .collect();
    let (count, weight) = match (counted.first(), counted.last()) {
        (Some(first), Some(last)) => (last - first + 1, groups_before as i64 - 1 - *first as i64),
        _ => (0, 0),
    };
    let short = fraction.len() <= 63 && (-64..=63).contains(&weight);
    let head = if short { 6 } else { 8 };
    head + 2 * count as u64
}
