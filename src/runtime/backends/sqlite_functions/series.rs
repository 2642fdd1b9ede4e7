//! `generate_series`: the steps from one value to another, as an array.

use super::Row;
use super::array::written;
use crate::{Decimal, Interval};
use core::cmp::Ordering;
use serde_json::Value as Json;

const STEP: &str = "step size cannot equal zero";

pub(super) const FUNCTIONS: &[Row] = &[
    ("rql_series", 3, |a| {
        let (mut at, stop, step) = (a.int(0)?, a.int(1)?, a.int(2)?);
        if step == 0 {
            return Err(STEP.into());
        }
        let mut all = Vec::new();
        while if step > 0 { at <= stop } else { at >= stop } {
            all.push(at.into());
            match at.checked_add(step) {
                Some(next) => at = next,
                None => break,
            }
        }
        written(&Json::Array(all))
    }),
    ("rql_num_series", 3, |a| {
        let (mut at, stop, step) = (a.number(0)?, a.number(1)?, a.number(2)?);
        if step.units() == 0 {
            return Err(STEP.into());
        }
        let past = |at: Decimal| match at.compare(stop).ok_or(super::TOO_LARGE) {
            Ok(Ordering::Greater) => Ok(step.units() > 0),
            Ok(Ordering::Less) => Ok(step.units() < 0),
            Ok(Ordering::Equal) => Ok(false),
            Err(message) => Err(message.to_owned()),
        };
        let mut all = Vec::new();
        while !past(at)? {
            all.push(at.to_string().into());
            at = at.checked_add(step).ok_or(super::TOO_LARGE)?;
        }
        written(&Json::Array(all))
    }),
    ("rql_time_series", 3, |a| {
        let (mut at, stop) = (a.moment(0, "timestamp")?, a.moment(1, "timestamp")?);
        let step = a.interval(2)?;
        let zero = Interval::default().sort_key();
        let forward = match step.sort_key().cmp(&zero) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => return Err(STEP.into()),
        };
        let mut all = Vec::new();
        while if forward { at <= stop } else { at >= stop } {
            all.push(at.to_string().into());
            at = at
                .checked_add(step)
                .filter(|at| at.is_common())
                .ok_or("timestamp out of range: SQLite has the years 1 to 9999")?;
        }
        written(&Json::Array(all))
    }),
];
