//! The type of a column of a file, from what it holds.

use super::records::CellKind;
use crate::{Date, Time, Timestamp};
use rql::Type;

/// Digits that every double keeps.
const KEPT: usize = 15;

/// What a column's cells can all be read as.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    any: bool,
    boolean: bool,
    integer: bool,
    decimal: bool,
    double: bool,
    date: bool,
    moment: bool,
    instant: bool,
    time: bool,
    json: bool,
    /// The most digits before and behind the point.
    whole: usize,
    scale: usize,
}

impl Default for Guess {
    fn default() -> Self {
        Self {
            any: false,
            boolean: true,
            integer: true,
            decimal: true,
            double: true,
            date: true,
            moment: true,
            instant: true,
            time: true,
            json: true,
            whole: 0,
            scale: 0,
        }
    }
}

/// The digits of a number before and behind the point; `None` for what is no plain number, and for one with
/// zeros before it, which numbers of houses and postal codes have.
fn digits(text: &str) -> Option<(usize, usize)> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = all(whole) && all(fraction) && (whole.len() == 1 || !whole.starts_with('0'));
    let scale = if number.contains('.') {
        fraction.len()
    } else {
        0
    };
    plain.then_some((whole.len(), scale))
}

impl Guess {
    /// Looks at a cell.
    pub(super) fn see(&mut self, text: &str, kind: CellKind) {
        if matches!(kind, CellKind::Null | CellKind::Broken) {
            return;
        }
        self.any = true;
        self.json &= kind == CellKind::Json;
        let number = matches!(kind, CellKind::Bare | CellKind::Double);
        let parts = digits(text).filter(|_| number);
        if let Some((whole, scale)) = parts {
            self.whole = self.whole.max(whole);
            self.scale = self.scale.max(scale);
        }
        self.boolean &= number && matches!(text, "true" | "false" | "t" | "f" | "TRUE" | "FALSE");
        self.integer &= parts.is_some_and(|(_, scale)| scale == 0) && text.parse::<i64>().is_ok();
        // More digits than a double keeps are none that somebody has written.
        let kept = |(whole, scale)| kind != CellKind::Double || whole + scale <= KEPT;
        self.decimal &= parts.is_some_and(kept);
        let float = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
        let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let zeros = text.trim_start_matches('-').starts_with('0')
            && parts.is_none()
            && !text.contains(['e', 'E']);
        self.double &= number && begins && !zeros && float(text);
        self.date &= text.len() == 10 && Date::parse(text).is_some();
        // A zone stands behind the time of day, where no hyphen is otherwise.
        let zoned = text.len() > 16
            && (text.ends_with('Z')
                || text.get(10..).is_some_and(|time| time.contains(['+', '-'])));
        let long = text.len() >= 10;
        self.moment &= long && !zoned && Timestamp::parse(text).is_some();
        let clock = text.len() >= 8 && text.get(2..3) == Some(":");
        self.time &= clock && Time::parse(text).is_some();
        self.instant &= zoned && Timestamp::parse_zoned(text).is_some();
    }

    /// The narrowest type for all.
    pub(super) fn ty(&self) -> Type {
        let wide = self.whole + self.scale;
        match self {
            Self { any: false, .. } => Type::Text,
            Self { boolean: true, .. } => Type::Boolean,
            Self { integer: true, .. } => Type::BigInt,
            Self { decimal: true, .. } if wide <= 38 => Type::Decimal {
                // Room for what comes later.
                precision: u8::try_from(wide.max(18)).ok(),
                scale: u8::try_from(self.scale).ok(),
            },
            Self { double: true, .. } => Type::Double,
            Self { date: true, .. } => Type::Date,
            Self { moment: true, .. } => Type::Timestamp,
            Self { instant: true, .. } => Type::TimestampTz,
            Self { time: true, .. } => Type::Time,
            Self { json: true, .. } => Type::Json,
            _ => Type::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CellKind, Guess};

    fn ty(cells: &[&str]) -> String {
        let mut guess = Guess::default();
        for cell in cells {
            let kind = if cell.is_empty() {
                CellKind::Null
            } else {
                CellKind::Bare
            };
            guess.see(cell, kind);
        }
        guess.ty().to_string()
    }

    #[test]
    fn the_narrowest_type_for_all_is_taken() {
        assert_eq!(ty(&["1", "", "-20"]), "bigint");
        assert_eq!(ty(&["1", "2.50"]), "numeric(18,2)");
        assert_eq!(ty(&["9223372036854775808"]), "numeric(19,0)");
        assert_eq!(ty(&["1", "1e5"]), "double precision");
        assert_eq!(ty(&["00501", "10001"]), "text");
        assert_eq!(ty(&["true", "f"]), "boolean");
        assert_eq!(ty(&["2024-02-29", "2023-01-01"]), "date");
        assert_eq!(ty(&["2023-02-29"]), "text");
        assert_eq!(ty(&["2024-02-29", "2024-02-29 12:00:00"]), "timestamp");
        assert_eq!(ty(&["2024-02-29T12:00:00Z"]), "timestamptz");
        assert_eq!(ty(&["12:30:00", "07:05:09.25"]), "time");
        assert_eq!(ty(&["12:30:00", "2024-02-29"]), "text");
        assert_eq!(ty(&["", ""]), "text");
        assert_eq!(ty(&["1", "x"]), "text");
    }
}
