//! No text is cut, covered, too small or too pale, in any state of any page, language, manner and shape.

use kiosk::engine::scene::{Scene, Shown};
use kiosk::screen::headless::{Headless, Picture};
use kiosk::visit::view::Page;
use slint::ComponentHandle as _;

use crate::hand::{SCREENS, pages};
use crate::scenes;
use crate::texts::{Place, Text, texts};

/// The least size of letters in design px, and that in elder mode.
const LEAST: [f32; 2] = [32.0, 44.0];
/// The least contrast by WCAG 2, and that in high contrast.
const CONTRAST: [f64; 2] = [4.5, 7.0];
/// Half a pixel is lost where the design does not divide evenly.
const SLACK: f32 = 1.0;

fn of_every_page(size: (u32, u32), look: impl Fn(&Headless, &Scene) -> Vec<String>) -> Vec<String> {
    let pages = pages(size);
    let mut faults = Vec::new();
    for language in ["zh", "en"] {
        for (manner, elder, contrast) in scenes::MANNERS {
            for (page, mut scene) in scenes::every(elder, contrast) {
                scene.manner.language = language.into();
                pages.show(&scene);
                let found = look(&pages, &scene);
                faults.extend(
                    found
                        .into_iter()
                        .map(|fault| format!("{}×{} {language} {manner}, {page}: {fault}", size.0, size.1)),
                );
            }
        }
    }
    faults
}

fn on_every_screen(look: fn(&Headless, &Scene) -> Vec<String>) {
    let screens = SCREENS.map(|size| std::thread::spawn(move || of_every_page(size, look)));
    let faults: Vec<_> = screens.into_iter().flat_map(|screen| screen.join().unwrap()).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The number that a picture of a ticket or of the hall's display carries is no text to be read.
fn is_in_a_picture(scene: &Scene, text: &Text) -> bool {
    matches!(&scene.page, Shown::Visit(Page::TakeTicket { ticket, .. }) if ticket.number == text.text)
}

fn is_under_a_dialog(pages: &Headless) -> bool {
    pages.app().global::<kiosk_ui::Shell>().get_covered()
}

#[test]
fn every_text_has_the_room_that_it_needs() {
    on_every_screen(|pages, _| {
        let mut faults = Vec::new();
        let texts = texts(pages);
        assert!(texts.len() > 8, "the texts were not found");
        let (width, height) = {
            let size = pages.app().window().size().to_logical(pages.app().window().scale_factor());
            (size.width, size.height)
        };
        let screen = Place { left: 0.0, top: 0.0, right: width, bottom: height };
        for (index, text) in texts.iter().enumerate() {
            let mut fault = |what: &str| faults.push(format!("{:?} {what}: {:?}", text.text, text.letters));
            if !text.room.holds(&text.letters, SLACK) {
                fault(&format!("is cut, it has {:?}", text.room));
            }
            if !screen.holds(&text.letters, SLACK) {
                fault("leaves the screen");
            }
            if text.grounds.iter().any(|ground| !ground.holds(&text.letters, SLACK)) {
                fault("stands out of its ground");
            }
            // A dialog covers what lies beneath, as it should.
            if !is_under_a_dialog(pages) {
                if text.covered {
                    fault("is covered");
                }
                for other in &texts[index + 1..] {
                    if other.letters.meets(&text.letters, 4.0) {
                        fault(&format!("runs into {:?} at {:?}", other.text, other.letters));
                    }
                }
            }
        }
        faults
    });
}

#[test]
fn no_letter_is_smaller_than_old_eyes_need() {
    on_every_screen(|pages, scene| {
        let least = LEAST[usize::from(scene.manner.elder)];
        let small =
            texts(pages).into_iter().filter(|text| text.size < least && !is_in_a_picture(scene, text));
        small.map(|text| format!("{:?} is {} px", text.text, text.size)).collect()
    });
}

#[test]
fn every_text_stands_out_from_what_it_is_drawn_upon() {
    on_every_screen(|pages, scene| {
        if is_under_a_dialog(pages) {
            return Vec::new();
        }
        let least = CONTRAST[usize::from(scene.manner.contrast)];
        let picture = pages.picture();
        let scale = pages.app().window().scale_factor();
        let pale = texts(pages).into_iter().filter_map(|text| {
            let ratio = worst_ratio(&picture, &text, scale)?;
            (ratio < least).then(|| format!("{:?} has {ratio:.2}", text.text))
        });
        pale.collect()
    });
}

/// The contrast between the ink and the ground, which is seen round the letters.
fn worst_ratio(picture: &Picture, text: &Text, scale: f32) -> Option<f64> {
    let edge = |at: f32, last: u32| ((at * scale).round().max(0.0) as u32).min(last);
    let (left, right) =
        (edge(text.letters.left, picture.width - 1), edge(text.letters.right, picture.width - 1));
    let (top, bottom) =
        (edge(text.letters.top, picture.height - 1), edge(text.letters.bottom, picture.height - 1));
    let row = |y: u32| (left..=right).map(move |x| (x, y));
    let column = |x: u32| (top..=bottom).map(move |y| (x, y));
    let around = row(top).chain(row(bottom)).chain(column(left)).chain(column(right));
    let ink = [text.ink.red(), text.ink.green(), text.ink.blue()];
    let mut ratios: Vec<f64> = around
        .map(|(x, y)| {
            let at = (y * picture.width + x) as usize * 3;
            ratio(ink, [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]])
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    // A letter that reaches the edge of its line is a few of these pixels.
    ratios.get(ratios.len() / 5).copied()
}

/// Contrast ratio by WCAG 2, 1 to 21.
fn ratio(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [r, g, b] = colour.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
