//! Runs every fuzz target over its corpus: inputs by hand, those that reach code of their own, those that once broke it.
//! Fuzzing itself is `make fuzz`; what it finds and somebody mended stays found.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[path = "../fuzz/targets/mod.rs"]
mod targets;

#[test]
fn every_target_bears_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut broken = Vec::new();
    for target in targets::ALL {
        let folder = corpus.join(target.name);
        let by_hand = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path());
        let mut inputs: Vec<_> =
            by_hand.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect();
        assert!(!inputs.is_empty(), "{} has no input", target.name);
        let kept = std::fs::read_to_string(folder.with_extension("hex")).unwrap_or_default();
        inputs.extend(kept.lines().map(|line| (format!("{}.hex: {line}", target.name), from_hex(line))));
        for (name, bytes) in inputs {
            if catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))).is_err() {
                broken.push(name);
            }
        }
        // What no input need hold: nothing at all, and more of one thing than anybody sends.
        for bytes in [&b""[..], &[0; 5_000], &[0xFF; 5_000], &[b'['; 5_000]] {
            (target.run)(bytes);
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    let known: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
    for entry in std::fs::read_dir(corpus).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name.trim_end_matches(".hex")), "the corpus of no target: {name}");
    }
}

#[expect(clippy::unwrap_used, reason = "a kept input that is no hex is a fault of the corpus")]
fn from_hex(line: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
    (0..line.len()).step_by(2).map(byte).collect()
}
