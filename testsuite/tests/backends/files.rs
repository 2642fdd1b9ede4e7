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
            for format in ["csv", "tsv", "json", "jsonl", "sql"] {
                let what = format!("{} by {format} on {backend:?}", sample.declared);
                let file = servers.file(&format!("{name}.{format}"));
                let file = file.display();
                rows(
                    &mut session,
                    &format!("EXPORT {name} TO '{file}'; DELETE FROM {name}"),
                );
                let back = match format {
                    "sql" => format!("INCLUDE '{file}'"),
                    _ => format!("IMPORT '{file}' INTO {name}"),
                };
                let all = format!("{back}; SELECT * FROM {name} ORDER BY id");
                assert_eq!(rows(&mut session, &all), expected, "{what}");
            }
        }
    }
}
