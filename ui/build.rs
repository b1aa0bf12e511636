//! Compiles `app.slint` and everything it imports, and lists the icons and pictures by name.
//!
//! The list is made here so that adding an icon means adding a file, and nothing else.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut list = String::from(
        "/// Name and SVG text of every icon and picture.\npub(crate) const DRAWINGS: &[(&str, &str)] = &[\n",
    );
    for folder in ["icons", "pictures"] {
        let folder = here.join("../assets").join(folder).canonicalize()?;
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in svg_files(&folder)? {
            let name =
                file.file_stem().and_then(|stem| stem.to_str()).ok_or("a file name that is not UTF-8")?;
            writeln!(list, "    ({name:?}, include_str!({:?})),", file.display().to_string())?;
        }
    }
    list.push_str("];\n");
    std::fs::write(out.join("drawings.rs"), list)?;

    // Tests find controls by their names, for which the compiler has to leave its notes in the code.
    let tested = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let config =
        slint_build::CompilerConfiguration::new().with_style("fluent-light".into()).with_debug_info(tested);
    Ok(slint_build::compile_with_config("app.slint", config)?)
}

fn svg_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
