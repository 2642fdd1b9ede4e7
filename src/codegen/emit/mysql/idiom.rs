//! Calls that are a text with places on MariaDB.

use super::super::Emitter;
use rql_ir::{Func, ScalarId};

/// A value where no condition holds by which it is an error, as in [`Emitter::unless`].
pub(super) fn unless(error: &str, condition: &str, value: &str) -> String {
    format!(
        "CASE WHEN POW(REPEAT('{error}', IF({condition}, 1, NULL)), -1) THEN NULL ELSE {value} END"
    )
}

/// A text in upper or lower case (`word`). MariaDB's binary collations know the letters of Unicode 4, hers of 14 knows
/// what PostgreSQL's C.UTF-8 does.
pub(super) fn cased(word: &str, value: &str) -> String {
    format!("{word}({value} COLLATE utf8mb4_uca1400_as_cs) COLLATE utf8mb4_nopad_bin")
}

/// Each word from its first letter or digit on is a piece of its own, marked by a character that no text has
/// while it is taken apart, as is the backslash, by which documents quote.
fn initcap() -> String {
    let mark = |n: u8| format!("CHAR({n} USING utf8mb4)");
    let (cut, back) = (mark(31), mark(30));
    let marked = format!(
        "REPLACE(REGEXP_REPLACE({{0}}, '(*UCP)([[:alnum:]]+)', CONCAT({cut}, '\\1')), '\\', {back})"
    );
    let pieces = format!(
        "CONCAT('[', REPLACE(REPLACE(JSON_QUOTE({marked}) COLLATE utf8mb4_nopad_bin, '\\u001F', '\",\"'), \
         '\\u001E', '\\\\'), ']')"
    );
    unless(
        "[0A000] a text with the control characters 30 or 31",
        &format!("LOCATE({cut}, {{0}}) > 0 OR LOCATE({back}, {{0}}) > 0"),
        &format!(
            "CASE WHEN {{0}} IS NOT NULL THEN (SELECT GROUP_CONCAT(CONCAT({}, {}) \
             ORDER BY rql_e.rql_o SEPARATOR '') FROM {}) END",
            cased("UPPER", "LEFT(rql_e.rql_v, 1)"),
            cased("LOWER", "SUBSTR(rql_e.rql_v, 2)"),
            super::array::elements(&pieces, super::super::placed::TEXT, "rql_e")
        ),
    )
}

impl Emitter<'_> {
    /// The text of a call, where it is one with places.
    pub(super) fn mysql_idiom(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        use Func as F;
        let text = |at: usize| self.ir.scalar(args[at]).ty.is_text();
        let whole = |at: usize| self.written_number(args[at]);
        let words = |at: usize| {
            self.written_text(args[at])
                .is_some_and(|text| !text.is_empty())
        };
        Some(match (func, args.len()) {
            (F::ToDate | F::ToTimestampForm, 2) => return self.mysql_read(func, args),
            (F::Overlay, 3 | 4) if text(0) && text(1) => {
                let count = if args.len() == 4 { "{3}" } else { "CHAR_LENGTH({1})" };
                unless(
                    "[22011] negative substring length not allowed",
                    "{2} <= 0",
                    &format!("CONCAT(LEFT({{0}}, {{2}} - 1), {{1}}, SUBSTR({{0}}, GREATEST({{2}} + {count}, 1)))"),
                )
            }
            // What is not found is given back there, whatever would stand for it.
            (F::Replace, 3) if self.ir.scalar(args[2]).nullable => {
                "CASE WHEN {2} IS NOT NULL THEN REPLACE({0}, {1}, {2}) END".into()
            }
            (F::Upper | F::Lower, 1) => {
                let word = if func == F::Upper { "UPPER" } else { "LOWER" };
                match self.written_text(args[0]) {
                    Some(text) if text.is_ascii() => format!("{word}({{0}})"),
                    _ => cased(word, "{0}"),
                }
            }
            (F::Initcap, 1) => initcap(),
            (F::Substr, 3) if whole(1).is_none() || whole(2).is_none_or(|n| n < 0) => unless(
                "[22011] negative substring length not allowed",
                "{2} < 0",
                "SUBSTR({0}, GREATEST({1}, 1), GREATEST({1} + {2} - GREATEST({1}, 1), 0))",
            ),
            (F::Left, 2) if whole(1).is_none_or(|n| n < 0) => {
                "CASE WHEN {1} < 0 THEN LEFT({0}, GREATEST(CHAR_LENGTH({0}) + {1}, 0)) ELSE LEFT({0}, {1}) END".into()
            }
            (F::Right, 2) if whole(1).is_none() => {
                "CASE WHEN {1} < 0 THEN SUBSTR({0}, 1 - {1}) ELSE RIGHT({0}, {1}) END".into()
            }
            (F::Lpad | F::Rpad, 3) if !words(2) => {
                let name = if func == F::Lpad { "LPAD" } else { "RPAD" };
                format!(
                    "CASE WHEN {{2}} = '' THEN LEFT({{0}}, GREATEST({{1}}, 0)) \
                     ELSE {name}({{0}}, GREATEST({{1}}, 0), {{2}}) END"
                )
            }
            // CHAR skips NULL.
            (F::Chr, 1) if whole(0).is_none() => unless(
                "[54000] requested character not valid",
                "{0} NOT BETWEEN 1 AND 1114111",
                &format!(
                    "CASE WHEN {{0}} IS NOT NULL THEN CONVERT(CHAR({{0}} USING utf32) USING utf8mb4) COLLATE {} END",
                    super::collation(self.dialect)
                ),
            ),
            (F::Factorial, 1) => {
                let mut product = 1_u128;
                let mut all = vec!["'1'".to_owned()];
                for n in 1..=33_u128 {
                    product *= n;
                    all.push(format!("'{product}'"));
                }
                let all = format!("CAST(ELT({{0}} + 1, {}) AS DECIMAL(38,0))", all.join(", "));
                let all = unless("[54000] the result needs more digits than MariaDB computes", "{0} > 33", &all);
                unless("[22003] factorial of a negative number is undefined", "{0} < 0", &all)
            }
            (F::Cbrt, 1) => "(SIGN({0}) * POW(ABS({0}), 1e0 / 3))".into(),
            (F::Sinh, 1) => "CASE WHEN ABS({0}) < 0.01 THEN {0} * (1 + {0} * {0} / 6 * (1 + {0} * {0} / 20 * (1 + {0} * {0} / 42))) \
                 ELSE (EXP({0}) - EXP(-({0}))) / 2 END"
                .into(),
            (F::Cosh, 1) => "((EXP({0}) + EXP(-({0}))) / 2)".into(),
            (F::Tanh, 1) => "CASE WHEN ABS({0}) < 0.01 THEN {0} * (1 - {0} * {0} / 3 + 2 * POW({0}, 4) / 15 - 17 * POW({0}, 6) / 315) \
                 WHEN ABS({0}) > 30 THEN SIGN({0}) ELSE 1 - 2 / (EXP(2 * ({0})) + 1) END"
                .into(),
            (F::MakeTimestamp, 6) => unless(
                "[22008] date field value out of range",
                "{0} NOT BETWEEN 1 AND 9999 OR {3} > 23",
                "CAST(CONCAT(LPAD({0}, 4, '0'), '-', {1}, '-', {2}, ' ', {3}, ':', {4}, ':', \
                 CAST({5} AS DECIMAL(12,6))) AS DATETIME(6))",
            ),
            (F::MakeTime, 3) => unless(
                "[22008] time field value out of range",
                "{0} NOT BETWEEN 0 AND 23 OR {1} NOT BETWEEN 0 AND 59 OR {2} < 0 OR {2} >= 60",
                "CAST(CONCAT({0}, ':', {1}, ':', CAST({2} AS DECIMAL(12,6))) AS TIME(6))",
            ),
            _ => return None,
        })
    }
}
