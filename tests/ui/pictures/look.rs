//! In which language, manner and shape a page is drawn, and the drawing itself.

use std::fmt;
use std::path::Path;

use super::small::Small;
use crate::hand::{SCREENS, controls, name, pages};
use crate::scenes;

/// Languages of the pictures.
pub(super) const LANGUAGES: [&str; 2] = ["zh", "en"];

/// A screen: its name, its pixels, and how many of them become one of a small picture, either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) size: (u32, u32),
    pub(super) shrink: u32,
}

pub(super) const SHAPES: [Shape; 3] = [
    Shape { name: "portrait", size: SCREENS[0], shrink: 8 },
    Shape { name: "landscape", size: SCREENS[1], shrink: 8 },
    Shape { name: "small", size: SCREENS[2], shrink: 5 },
];

/// One way of looking at a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) shape: Shape,
    /// Its place in [`LANGUAGES`].
    pub(super) language: usize,
    /// Its place in [`scenes::MANNERS`].
    pub(super) manner: usize,
}

impl Look {
    /// Whether it is kept and compared: each page in every look, its further states and what technicians see upright
    /// alone, in the usual manner and in elder mode. What no look may do, cut a text say, is looked for in every state and every look elsewhere.
    pub(super) fn is_kept(&self, page: &str) -> bool {
        let once = scenes::all(false, false).iter().any(|(name, _)| *name == page);
        (once && !page.starts_with("service")) || (self.shape == SHAPES[0] && self.manner < 2)
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manner = file_name(scenes::MANNERS[self.manner].0);
        write!(f, "{}-{}-{manner}", self.shape.name, LANGUAGES[self.language])
    }
}

/// `place card, reading` → `place-card-reading`.
pub(super) fn file_name(page: &str) -> String {
    page.replace(", ", "-").replace(' ', "-").replace('?', "-asked")
}

/// Draws every page in that shape; at full size into a folder where one is given.
pub(super) fn draw(shape: Shape, into: Option<&Path>) -> Vec<(String, Look, Small)> {
    let pages = pages(shape.size);
    let mut drawn = Vec::new();
    for (language, code) in LANGUAGES.into_iter().enumerate() {
        for (manner, (_, elder, contrast)) in scenes::MANNERS.into_iter().enumerate() {
            let look = Look { shape, language, manner };
            let mut before = scenes::every(elder, contrast).remove(0).1;
            for (page, mut scene) in scenes::every(elder, contrast) {
                scene.manner.language = code.into();
                if into.is_none() && !look.is_kept(page) {
                    continue;
                }
                // Each page is entered anew: what an earlier one left, an arrow's beat or a sheet, must not show.
                before.manner = scene.manner.clone();
                before.page = kiosk::engine::scene::Shown::Help;
                pages.show(&before);
                pages.show(&scene);
                if page.ends_with("second sheet") {
                    turn_sheet(&pages);
                }
                let picture = pages.picture();
                if let Some(into) = into {
                    let folder = into.join(look.to_string());
                    std::fs::create_dir_all(&folder).unwrap();
                    picture.save(&folder.join(format!("{}.png", file_name(page)))).unwrap();
                }
                drawn.push((page.to_owned(), look, Small::of(&picture, shape.shrink)));
            }
        }
    }
    drawn
}

/// Presses the tile that shows the other classes.
fn turn_sheet(pages: &kiosk::screen::headless::Headless) {
    let more = controls(pages).into_iter().find(|control| ["更多", "More"].contains(&name(control).as_str()));
    more.unwrap().invoke_accessible_default_action();
    pages.pass(std::time::Duration::from_millis(20));
}
