//! Generates the parser from `rql.lalrpop`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rql.lalrpop");
    let out = std::env::var("OUT_DIR")?;
    lalrpop::Configuration::new()
        .emit_rerun_directives(false)
        .set_out_dir(out)
        .process_file("rql.lalrpop")
}
