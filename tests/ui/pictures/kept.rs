//! The pictures that are kept: one file a page with all its looks, so that a change of one page touches one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::look::{LANGUAGES, Look, SHAPES, file_name};
use super::small::Small;
use crate::scenes::MANNERS;

/// Between pictures, in small pixels.
const GAP: usize = 8;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/pages")
}

/// Width and height of a look's small picture.
fn size(look: Look) -> (usize, usize) {
    let (size, shrink) = (look.shape.size, look.shape.shrink);
    ((size.0 / shrink) as usize, (size.1 / shrink) as usize)
}

/// Where a look stands in its page's file: a column a manner, a row a language, in each the upright screen left and
/// the lying ones beside it.
fn place(look: Look) -> (usize, usize) {
    let sizes = SHAPES.map(|shape| size(Look { shape, ..look }));
    let cell = (sizes[0].0 + GAP + sizes[1].0 + 3 * GAP, sizes[1].1 + GAP + sizes[2].1 + 3 * GAP);
    let (x, y) = (GAP + look.manner * cell.0, GAP + look.language * cell.1);
    match SHAPES.iter().position(|shape| *shape == look.shape) {
        Some(0) => (x, y),
        Some(1) => (x + sizes[0].0 + GAP, y),
        _ => (x + sizes[0].0 + GAP, y + sizes[1].1 + GAP),
    }
}

/// A look of a page out of the page's file.
pub(super) fn part(kept: &Small, look: Look) -> Small {
    let ((x, y), (width, height)) = (place(look), size(look));
    kept.part(x, y, width, height)
}

/// Every page's file, by the page's name.
pub(super) fn read_all() -> BTreeMap<String, Small> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let pictures = files.filter(|file| file.extension().is_some_and(|extension| extension == "png"));
    pictures
        .map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let small =
                Small::read(&file).unwrap_or_else(|| panic!("{} is no picture of ours", file.display()));
            (name, small)
        })
        .collect()
}

/// Writes every page's file and takes those of other pages away.
pub(super) fn write_all(pages: &BTreeMap<String, Vec<(Look, Small)>>) {
    let folder = folder();
    let _ = std::fs::remove_dir_all(&folder);
    let last = |shape| Look { shape, language: LANGUAGES.len() - 1, manner: MANNERS.len() - 1 };
    let corners = SHAPES.map(|shape| {
        let ((x, y), (width, height)) = (place(last(shape)), size(last(shape)));
        (x + width + GAP, y + height + GAP)
    });
    let (width, height) =
        corners.into_iter().fold((0, 0), |most, corner| (most.0.max(corner.0), most.1.max(corner.1)));
    for (page, looks) in pages {
        let mut whole = Small::blank(width, height);
        for (look, drawn) in looks.iter().filter(|(look, _)| look.is_kept(page)) {
            let (x, y) = place(*look);
            whole.put(drawn, x, y);
        }
        whole.save(&folder.join(format!("{}.png", file_name(page))));
    }
}

/// A contact sheet for each shape, language and manner, with every page on it.
pub(super) fn sheets(pages: &BTreeMap<String, Vec<(Look, Small)>>, folder: &Path) {
    let mut sheets: BTreeMap<String, Vec<&Small>> = BTreeMap::new();
    for looks in pages.values() {
        for (look, drawn) in looks {
            sheets.entry(look.to_string()).or_default().push(drawn);
        }
    }
    for (name, pictures) in sheets {
        let (width, height) = (pictures[0].width() + GAP, pictures[0].height() + GAP);
        let columns = if width > height { 6 } else { 10 };
        let rows = pictures.len().div_ceil(columns);
        let mut sheet = Small::blank(columns * width + GAP, rows * height + GAP);
        for (index, picture) in pictures.into_iter().enumerate() {
            sheet.put(picture, GAP + index % columns * width, GAP + index / columns * height);
        }
        sheet.save(&folder.join(format!("{name}.png")));
    }
}
