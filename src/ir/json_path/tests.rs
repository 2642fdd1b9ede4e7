use super::JsonPath;

fn read(text: &str) -> String {
    match JsonPath::read(text) {
        Ok(path) => path.foreign.unwrap_or_else(|| "a path".into()),
        Err(error) => format!("{}: {}", error.at, error.message),
    }
}

// Expected: what PostgreSQL 15 says to `SELECT '…'::jsonpath`, with the place beside it.
#[test]
fn paths_are_read_as_postgresql_reads_them() {
    for text in [
        "$",
        "strict $.a[*].b ? (@ > 1 && !(@ == 2))",
        "LAX $[last, 0 to last - 1]",
        "$.**{2 to last}.a",
        "$.\"a b\".\\u0061.to.strict",
        "$ ? (@.a starts with $x || @ like_regex \"^a\" flag \"i\")",
        "($.a > 1) is unknown",
        "($.a + 2).abs()",
        "exists($.a ? (@.b == null))",
        "-$.a * 2 % 3 / .5 - 1.e2",
        "$.size",
        "$.a.size ()",
        "$ /* here */ .a",
        "1 == $\"x y\"",
        "($ > 1).type()",
    ] {
        assert_eq!(read(text), "a path", "{text}");
    }
    for (text, expected) in [
        ("", "0: syntax error at the end of the path"),
        ("$.", "2: syntax error at the end of the path"),
        ("$a.b.c(", "6: syntax error at or near \"(\""),
        ("$.a[", "4: syntax error at the end of the path"),
        ("@", "0: @ is not allowed in root expressions"),
        (
            "$ ? (last > 1)",
            "5: LAST is allowed only in array subscripts",
        ),
        ("$ ? (@.a)", "8: syntax error at or near \")\""),
        ("1 < 2 < 3", "6: syntax error at or near \"<\""),
        ("!($ > 1) is unknown", "9: syntax error at or near \"is\""),
        ("$.a == TRUE", "7: syntax error at or near \"TRUE\""),
        ("$.\"a", "4: unterminated quoted string"),
        (
            "00",
            "0: trailing junk after numeric literal at or near \"00\"",
        ),
        (
            "$[1a]",
            "2: trailing junk after numeric literal at or near \"1a\"",
        ),
        ("$.a /*", "4: unexpected end of comment"),
        ("\"\\u0000\"", "7: unsupported Unicode escape sequence"),
        (
            "$ like_regex \"a\" flag \"z\"",
            "22: unrecognized flag character \"z\" in LIKE_REGEX predicate",
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn what_later_servers_read_is_told_apart() {
    assert_eq!(read("$.a.datetime(\"HH24\")"), ".datetime()");
    assert_eq!(read("$.a.decimal(5, 2)"), ".decimal()");
    assert_eq!(read("0x1F + 1_000"), "0x1f");
}

#[test]
fn depth_is_no_overflow() {
    for text in [
        format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}1", "-".repeat(100_000)),
        format!("${}", "[*]".repeat(100_000)),
        format!("1{}", " + 1".repeat(100_000)),
        format!("$ ? (@ > 1{})", " && @ > 1".repeat(100_000)),
        format!("${}", " ? (@[$".repeat(100_000)),
    ] {
        assert!(
            read(&text).ends_with("nested too deeply"),
            "{}",
            read(&text)
        );
    }
}
