//! EXPORT to a file and IMPORT from it.

use crate::servers::{rows, servers};
use crate::types::tables;

#[test]
fn every_type_goes_to_a_file_and_comes_back() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        for (name, sample, script, expected) in tables(backend) {
            rows(&mut session, &script);
            for format in [
                "csv", "tsv", "json", "jsonl", "sql", "parquet", "arrow", "xlsx",
            ] {
                let what = format!("{} by {format} on {backend:?}", sample.declared);
                let file = servers.file(&format!("{name}.{format}"));
                let file = file.display();
                // A cell with nothing in it is an empty text where NULL is another.
                let options = match format {
                    "xlsx" => "OPTIONS (null = 'none')",
                    _ => "",
                };
                rows(
                    &mut session,
                    &format!("EXPORT {name} TO '{file}' {options}; DELETE FROM {name}"),
                );
                let back = match format {
                    "sql" => format!("INCLUDE '{file}'"),
                    _ => format!("IMPORT '{file}' INTO {name} {options}"),
                };
                let all = format!("{back}; SELECT * FROM {name} ORDER BY id");
                // A number of a workbook has no scale of its own; a column's is the column's.
                let bare = format == "xlsx" && sample.declared == "NUMERIC";
                let scale = |row: &String| {
                    if bare {
                        row.replace("1.50", "1.5")
                    } else {
                        row.clone()
                    }
                };
                let expected: Vec<String> = expected.iter().map(scale).collect();
                assert_eq!(rows(&mut session, &all), expected, "{what}");
            }
        }
    }
}
