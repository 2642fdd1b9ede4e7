//! Names of time zones.

use Abbreviation::{Fixed, Of};

/// What PostgreSQL takes a short name of a time zone for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abbreviation {
    /// So many seconds east of UTC, the whole year.
    Fixed(i32),
    /// What it meant in this zone at the time, or that zone's own time where it meant nothing there.
    Of(&'static str),
}

/// The abbreviations that a PostgreSQL has where nothing else is set (its `timezonesets/Default`; the same since 9.6).
pub const ZONE_ABBREVIATIONS: &[(&str, Abbreviation)] = &[
    ("ACDT", Fixed(37800)),
    ("ACSST", Fixed(37800)),
    ("ACST", Fixed(34200)),
    ("ACT", Fixed(-18000)),
    ("ACWST", Fixed(31500)),
    ("ADT", Fixed(-10800)),
    ("AEDT", Fixed(39600)),
    ("AESST", Fixed(39600)),
    ("AEST", Fixed(36000)),
    ("AFT", Fixed(16200)),
    ("AKDT", Fixed(-28800)),
    ("AKST", Fixed(-32400)),
    ("ALMST", Fixed(25200)),
    ("ALMT", Fixed(21600)),
    ("AMST", Of("Asia/Yerevan")),
    ("AMT", Fixed(-14400)),
    ("ANAST", Of("Asia/Anadyr")),
    ("ANAT", Of("Asia/Anadyr")),
    ("ARST", Of("America/Argentina/Buenos_Aires")),
    ("ART", Of("America/Argentina/Buenos_Aires")),
    ("AST", Fixed(-14400)),
    ("AWSST", Fixed(32400)),
    ("AWST", Fixed(28800)),
    ("AZOST", Fixed(0)),
    ("AZOT", Fixed(-3600)),
    ("AZST", Of("Asia/Baku")),
    ("AZT", Of("Asia/Baku")),
    ("BDST", Fixed(7200)),
    ("BDT", Fixed(21600)),
    ("BNT", Fixed(28800)),
    ("BORT", Fixed(28800)),
    ("BOT", Fixed(-14400)),
    ("BRA", Fixed(-10800)),
    ("BRST", Fixed(-7200)),
    ("BRT", Fixed(-10800)),
    ("BST", Fixed(3600)),
    ("BTT", Fixed(21600)),
    ("CADT", Fixed(37800)),
    ("CAST", Fixed(34200)),
    ("CCT", Fixed(28800)),
    ("CDT", Fixed(-18000)),
    ("CEST", Fixed(7200)),
    ("CET", Fixed(3600)),
    ("CETDST", Fixed(7200)),
    ("CHADT", Fixed(49500)),
    ("CHAST", Fixed(45900)),
    ("CHUT", Fixed(36000)),
    ("CKT", Of("Pacific/Rarotonga")),
    ("CLST", Fixed(-10800)),
    ("CLT", Of("America/Santiago")),
    ("COT", Fixed(-18000)),
    ("CST", Fixed(-21600)),
    ("CXT", Fixed(25200)),
    ("DAVT", Of("Antarctica/Davis")),
    ("DDUT", Fixed(36000)),
    ("EASST", Of("Pacific/Easter")),
    ("EAST", Of("Pacific/Easter")),
    ("EAT", Fixed(10800)),
    ("EDT", Fixed(-14400)),
    ("EEST", Fixed(10800)),
    ("EET", Fixed(7200)),
    ("EETDST", Fixed(10800)),
    ("EGST", Fixed(0)),
    ("EGT", Fixed(-3600)),
    ("EST", Fixed(-18000)),
    ("FET", Fixed(10800)),
    ("FJST", Fixed(46800)),
    ("FJT", Fixed(43200)),
    ("FKST", Of("Atlantic/Stanley")),
    ("FKT", Of("Atlantic/Stanley")),
    ("FNST", Fixed(-3600)),
    ("FNT", Fixed(-7200)),
    ("GALT", Fixed(-21600)),
    ("GAMT", Fixed(-32400)),
    ("GEST", Of("Asia/Tbilisi")),
    ("GET", Of("Asia/Tbilisi")),
    ("GFT", Fixed(-10800)),
    ("GILT", Fixed(43200)),
    ("GMT", Fixed(0)),
    ("GYT", Of("America/Guyana")),
    ("HKT", Fixed(28800)),
    ("HST", Fixed(-36000)),
    ("ICT", Fixed(25200)),
    ("IDT", Fixed(10800)),
    ("IOT", Of("Indian/Chagos")),
    ("IRKST", Of("Asia/Irkutsk")),
    ("IRKT", Of("Asia/Irkutsk")),
    ("IRT", Fixed(12600)),
    ("IST", Fixed(7200)),
    ("JAYT", Fixed(32400)),
    ("JST", Fixed(32400)),
    ("KDT", Fixed(36000)),
    ("KGST", Fixed(21600)),
    ("KGT", Of("Asia/Bishkek")),
    ("KOST", Of("Pacific/Kosrae")),
    ("KRAST", Of("Asia/Krasnoyarsk")),
    ("KRAT", Of("Asia/Krasnoyarsk")),
    ("KST", Fixed(32400)),
    ("LHDT", Of("Australia/Lord_Howe")),
    ("LHST", Fixed(37800)),
    ("LIGT", Fixed(36000)),
    ("LINT", Of("Pacific/Kiritimati")),
    ("LKT", Of("Asia/Colombo")),
    ("MAGST", Of("Asia/Magadan")),
    ("MAGT", Of("Asia/Magadan")),
    ("MART", Fixed(-34200)),
    ("MAWT", Of("Antarctica/Mawson")),
    ("MDT", Fixed(-21600)),
    ("MEST", Fixed(7200)),
    ("MESZ", Fixed(7200)),
    ("MET", Fixed(3600)),
    ("METDST", Fixed(7200)),
    ("MEZ", Fixed(3600)),
    ("MHT", Fixed(43200)),
    ("MMT", Fixed(23400)),
    ("MPT", Fixed(36000)),
    ("MSD", Fixed(14400)),
    ("MSK", Of("Europe/Moscow")),
    ("MST", Fixed(-25200)),
    ("MUST", Fixed(18000)),
    ("MUT", Fixed(14400)),
    ("MVT", Fixed(18000)),
    ("MYT", Fixed(28800)),
    ("NDT", Fixed(-9000)),
    ("NFT", Fixed(-12600)),
    ("NOVST", Of("Asia/Novosibirsk")),
    ("NOVT", Of("Asia/Novosibirsk")),
    ("NPT", Fixed(20700)),
    ("NST", Fixed(-12600)),
    ("NUT", Of("Pacific/Niue")),
    ("NZDT", Fixed(46800)),
    ("NZST", Fixed(43200)),
    ("NZT", Fixed(43200)),
    ("OMSST", Of("Asia/Omsk")),
    ("OMST", Of("Asia/Omsk")),
    ("PDT", Fixed(-25200)),
    ("PET", Fixed(-18000)),
    ("PETST", Of("Asia/Kamchatka")),
    ("PETT", Of("Asia/Kamchatka")),
    ("PGT", Fixed(36000)),
    ("PHT", Fixed(28800)),
    ("PKST", Fixed(21600)),
    ("PKT", Fixed(18000)),
    ("PMDT", Fixed(-7200)),
    ("PMST", Fixed(-10800)),
    ("PONT", Fixed(39600)),
    ("PST", Fixed(-28800)),
    ("PWT", Fixed(32400)),
    ("PYST", Fixed(-10800)),
    ("PYT", Of("America/Asuncion")),
    ("RET", Fixed(14400)),
    ("SADT", Fixed(37800)),
    ("SAST", Fixed(7200)),
    ("SCT", Fixed(14400)),
    ("SGT", Of("Asia/Singapore")),
    ("TAHT", Fixed(-36000)),
    ("TFT", Fixed(18000)),
    ("TJT", Fixed(18000)),
    ("TKT", Of("Pacific/Fakaofo")),
    ("TMT", Of("Asia/Ashgabat")),
    ("TOT", Fixed(46800)),
    ("TRUT", Fixed(36000)),
    ("TVT", Fixed(43200)),
    ("UCT", Fixed(0)),
    ("ULAST", Fixed(32400)),
    ("ULAT", Of("Asia/Ulaanbaatar")),
    ("UT", Fixed(0)),
    ("UTC", Fixed(0)),
    ("UYST", Fixed(-7200)),
    ("UYT", Fixed(-10800)),
    ("UZST", Fixed(21600)),
    ("UZT", Fixed(18000)),
    ("VET", Of("America/Caracas")),
    ("VLAST", Of("Asia/Vladivostok")),
    ("VLAT", Of("Asia/Vladivostok")),
    ("VOLT", Of("Europe/Volgograd")),
    ("VUT", Fixed(39600)),
    ("WADT", Fixed(28800)),
    ("WAKT", Fixed(43200)),
    ("WAST", Fixed(25200)),
    ("WAT", Fixed(3600)),
    ("WDT", Fixed(32400)),
    ("WET", Fixed(0)),
    ("WETDST", Fixed(3600)),
    ("WFT", Fixed(43200)),
    ("WGST", Fixed(-7200)),
    ("WGT", Fixed(-10800)),
    ("XJT", Fixed(21600)),
    ("YAKST", Of("Asia/Yakutsk")),
    ("YAKT", Of("Asia/Yakutsk")),
    ("YAPT", Fixed(36000)),
    ("YEKST", Fixed(21600)),
    ("YEKT", Of("Asia/Yekaterinburg")),
    ("Z", Fixed(0)),
    ("ZULU", Fixed(0)),
];

/// Zones of the list whose names are one word, and no abbreviation.
const WORDS: &[&str] = &[
    "cst6cdt",
    "cuba",
    "egypt",
    "eire",
    "est5edt",
    "gb",
    "gb-eire",
    "greenwich",
    "hongkong",
    "iceland",
    "iran",
    "israel",
    "jamaica",
    "japan",
    "kwajalein",
    "libya",
    "mst7mdt",
    "navajo",
    "nz",
    "nz-chat",
    "poland",
    "portugal",
    "prc",
    "pst8pdt",
    "roc",
    "rok",
    "singapore",
    "turkey",
    "universal",
    "w-su",
];

/// The meaning of an abbreviation, in letters of any case.
#[must_use]
pub fn zone_abbreviation(name: &str) -> Option<Abbreviation> {
    let name = name.trim().to_ascii_uppercase();
    let found = ZONE_ABBREVIATIONS.binary_search_by(|row| row.0.cmp(&name));
    found.ok().map(|at| ZONE_ABBREVIATIONS[at].1)
}

/// True for a name from the list of time zones, as far as its shape says: short ones (`CET`, `EST`) are abbreviations to
/// PostgreSQL (its manual, "Time Zones").
#[must_use]
pub fn is_zone_name(name: &str) -> bool {
    name.contains('/') || WORDS.contains(&&*name.trim().to_ascii_lowercase())
}

/// A text and the abbreviation that it ends with.
#[must_use]
pub fn before_abbreviation(text: &str) -> Option<(&str, Abbreviation)> {
    let text = text.trim_end();
    let before = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    // `2024-01-01T` is no time in a zone.
    let digit = before.trim_end().ends_with(|c: char| c.is_ascii_digit());
    let abbreviation = zone_abbreviation(&text[before.len()..])?;
    digit.then(|| (before.trim_end(), abbreviation))
}

#[cfg(test)]
mod tests {
    use super::{Abbreviation, WORDS, ZONE_ABBREVIATIONS, zone_abbreviation};

    #[test]
    fn abbreviations_are_found_and_are_no_words() {
        assert!(ZONE_ABBREVIATIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(
            zone_abbreviation(" pst "),
            Some(Abbreviation::Fixed(-28_800))
        );
        assert_eq!(
            zone_abbreviation("MSK"),
            Some(Abbreviation::Of("Europe/Moscow"))
        );
        assert_eq!(zone_abbreviation("XYZ"), None);
        assert!(WORDS.iter().all(|word| zone_abbreviation(word).is_none()));
    }
}
