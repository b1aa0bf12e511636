//! Touch targets: at least 96 × 96 design pixels, whole on the screen, 16 apart, and low on an upright one.

use i_slint_backend_testing::ElementHandle;

use crate::hand::{SCREENS, controls, enabled, name, pages};
use crate::scenes;

/// The least side of a touch target in design pixels.
const TOUCH: f32 = 96.0;
/// The least distance between two of them.
const APART: f32 = 16.0;
/// On an upright screen they begin here, in the lower 60 %; who stands, and who sits in a wheelchair, reaches them.
const LOW: f32 = 768.0;
/// Held by technicians for three seconds; it stands in the header on purpose.
const CORNER: [&str; 2] = ["维护菜单", "Service menu"];
/// Half a pixel is lost where the design does not divide evenly.
const SLACK: f32 = 0.5;

/// Left, top, right, bottom in design pixels.
fn place(control: &ElementHandle) -> [f32; 4] {
    let (place, size) = (control.absolute_position(), control.size());
    [place.x, place.y, place.x + size.width, place.y + size.height]
}

fn faults(size: (u32, u32), language: &str) -> Vec<String> {
    let pages = pages(size);
    let mut faults = Vec::new();
    let factor = (size.0.min(size.1) as f32 / 1080.0).min(size.0.max(size.1) as f32 / 1920.0);
    let (width, height) = (size.0 as f32 / factor, size.1 as f32 / factor);
    for (manner, elder, contrast) in scenes::MANNERS {
        for (page, mut scene) in scenes::every(elder, contrast) {
            scene.manner.language = language.into();
            pages.show(&scene);
            let live: Vec<_> = controls(&pages).into_iter().filter(enabled).collect();
            let mut fault =
                |what: String| faults.push(format!("{size:?} {language} {manner} {page}: {what}"));
            // While a ticket is printed once more nobody goes anywhere, as on the page of a first one.
            if live.is_empty() && page != "service, reprint at it" {
                fault("nothing to touch".into());
            }
            for (index, control) in live.iter().enumerate() {
                let [left, top, right, bottom] = place(control);
                if right - left < TOUCH - SLACK || bottom - top < TOUCH - SLACK {
                    fault(format!("{} is {} × {}", name(control), right - left, bottom - top));
                }
                if left < -SLACK || top < -SLACK || right > width + SLACK || bottom > height + SLACK {
                    fault(format!("{} reaches beyond the screen", name(control)));
                }
                let is_low = top >= LOW - SLACK || CORNER.contains(&name(control).as_str());
                if width < height && !is_low && !page.starts_with("service") {
                    fault(format!("{} begins at {top}", name(control)));
                }
                for other in &live[index + 1..] {
                    let [l, t, r, b] = place(other);
                    let gap = (left.max(l) - right.min(r)).max(top.max(t) - bottom.min(b));
                    if gap < APART - SLACK {
                        fault(format!("{} and {} are {gap} apart", name(control), name(other)));
                    }
                }
            }
        }
    }
    faults
}

#[test]
fn every_touch_target_is_large_enough_and_free() {
    let mut all = Vec::new();
    for size in SCREENS {
        for language in ["zh", "en"] {
            all.extend(std::thread::spawn(move || faults(size, language)).join().unwrap());
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}
