//! Every page in every mode, drawn, and compared with the small pictures that are kept in `docs/pictures/pages/`.
//!
//! `make pictures` writes the kept pictures anew, and beside them `target/pictures/`: each page in every look at its
//! full size, and a sheet a mode. `make kept-pictures` writes the kept ones alone, which takes a tenth of the time. The
//! test writes nothing but the pictures that differ, into the same folder.

mod kept;
mod look;
mod small;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::look::{Look, SHAPES};
use self::small::Small;
use crate::scenes;

/// Set by `make pictures` (`all`) and `make kept-pictures` (`kept`): write, do not compare.
const RENEW: &str = "KIOSK_RENEW_PICTURES";

/// Every page in each of its looks, by its name; those that are not kept only where all are wanted at full size.
fn drawn(into: Option<&Path>) -> BTreeMap<String, Vec<(Look, Small)>> {
    let of_a_shape = SHAPES.map(|shape| {
        let into = into.map(Path::to_owned);
        // The toolkit has one platform a thread.
        std::thread::spawn(move || look::draw(shape, into.as_deref()))
    });
    let mut pages: BTreeMap<String, Vec<(Look, Small)>> = BTreeMap::new();
    for shape in of_a_shape {
        for (page, look, small) in shape.join().unwrap() {
            pages.entry(page).or_default().push((look, small));
        }
    }
    pages
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures")
}

#[test]
fn every_page_looks_as_kept() {
    match std::env::var(RENEW).as_deref() {
        Ok("all") => return renew_all(),
        Ok("kept") => return kept::write_all(&drawn(None)),
        _ => {}
    }
    let mut faults = Vec::new();
    let kept = kept::read_all();
    let pages = drawn(None);
    for (page, looks) in &pages {
        let Some(kept) = kept.get(&look::file_name(page)) else {
            faults.push(format!("{page}: no picture of it is kept"));
            continue;
        };
        for (look, now) in looks {
            let was = kept::part(kept, *look);
            if let Some(difference) = now.differs(&was) {
                let file = target().join(format!("{}-{look}.png", look::file_name(page)));
                beside(&was, now).save(&file);
                faults.push(format!("{page}, {look}: {difference}; before and now: {}", file.display()));
            }
        }
    }
    let names: Vec<_> = pages.keys().map(|page| look::file_name(page)).collect();
    for page in kept.keys().filter(|page| !names.contains(page)) {
        faults.push(format!("{page}: a picture is kept of a page that is no more"));
    }
    assert!(
        faults.is_empty(),
        "{} pictures differ; where that is meant, `make kept-pictures` and look at them:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What was and what is, side by side.
fn beside(was: &Small, now: &Small) -> Small {
    let mut both = Small::blank(was.width() + now.width() + 8, was.height().max(now.height()));
    both.put(was, 0, 0);
    both.put(now, was.width() + 8, 0);
    both
}

fn renew_all() {
    let target = target();
    let _ = std::fs::remove_dir_all(&target);
    std::fs::create_dir_all(&target).unwrap();
    let pages = drawn(Some(&target));
    kept::write_all(&pages);
    kept::sheets(&pages, &target);
}

#[test]
fn a_page_has_one_name_and_every_name_is_a_file() {
    let mut names: Vec<_> =
        scenes::every(false, false).iter().map(|(name, _)| look::file_name(name)).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    for name in names {
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
    }
}
