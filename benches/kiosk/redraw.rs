//! P4: a full redraw of every page in every manner, and the drawing that answers a finger anywhere on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kiosk::screen::{Shape, Window};
use serde_json::{Value, json};

use super::bare::BarePage;
use super::display::{HEIGHT, Screen, WIDTH};
use super::scenes::{MANNERS, all};
use super::spread::{Spread, ms, short};
use super::table::Line;
use super::{Bench, Outcome, site};
use slint::ComponentHandle;

/// From the arrival of a page to its first measured drawing: entering and animations are over.
const SETTLE: Duration = Duration::from_millis(30);

pub(crate) fn measure(bench: &Bench) -> Outcome<Vec<Line>> {
    let page = BarePage::new()?;
    page.show()?;
    let screen = bench.display.screen()?;
    let bare = Spread::of(full(&screen, bench.extent.redraws))?;
    page.hide()?;

    let window = Window::open(
        Shape::Window { width: WIDTH, height: HEIGHT },
        site::words()?,
        "示例便民服务中心",
        |_| {},
    )?;
    let screen = bench.display.screen()?;
    window.run(&Arc::default())?;
    let mut show = window.shower();
    let mut pages = BTreeMap::new();
    let (mut firsts, mut presses) = (Vec::new(), Vec::new());
    for (manner, elder, contrast) in MANNERS {
        for (name, scene) in all(elder, contrast) {
            show(Box::new(scene));
            while bench.display.serve(Duration::ZERO) {}
            screen.settle();
            firsts.push(screen.redraw());
            std::thread::sleep(SETTLE);
            screen.settle();
            pages.insert(format!("{name} ({manner})"), Spread::of(full(&screen, bench.extent.redraws))?);
            presses.extend(touch_all(&screen, bench.extent.press_step));
        }
    }
    let (slowest, worst) = pages.iter().max_by_key(|(_, page)| page.p99()).ok_or("there is no page")?;
    let (firsts, presses) = (Spread::of(firsts)?, Spread::of(presses)?);
    let each: BTreeMap<_, Value> = pages.iter().map(|(name, page)| (name, page.json())).collect();
    let reference = format!("bare four-tile page: {}", bare.text());
    Ok(vec![
        Line {
            number: "P4",
            what: format!("full redraw of {WIDTH}×{HEIGHT}, slowest of {} pages", pages.len()),
            ours: format!("{} ({slowest})", worst.text()),
            reference: reference.clone(),
            ratio: Some(ms(worst.median()) / ms(bare.median())),
            mark: "p99 ≤ 8 ms on every page",
            met: Some(worst.p99() <= Duration::from_millis(8)),
            figures: json!({ "pages": each, "first_drawing_of_a_page": firsts.json(), "bare_page": bare.json() }),
        },
        Line {
            number: "P4",
            what: "press and release feedback, anywhere on any page".to_owned(),
            ours: format!("{}, worst {}", presses.text(), short(ms(presses.worst()))),
            reference,
            ratio: Some(ms(presses.median()) / ms(bare.median())),
            mark: "≤ 2 ms of drawing",
            met: Some(presses.p99() <= Duration::from_millis(2)),
            figures: json!({ "feedback": presses.json() }),
        },
    ])
}

/// So many redraws, after one that warms up.
fn full(screen: &Screen, count: usize) -> Vec<Duration> {
    screen.redraw();
    (0..count).map(|_| screen.redraw()).collect()
}

/// Presses and releases on a grid of points; the drawings that they caused.
fn touch_all(screen: &Screen, step: u16) -> Vec<Duration> {
    let mut drawings = Vec::new();
    screen.keep();
    for y in (step / 2..HEIGHT as u16).step_by(step.into()) {
        for x in (step / 2..WIDTH as u16).step_by(step.into()) {
            for down in [true, false] {
                screen.touch(x, y, down);
                screen.settle();
                drawings.extend(screen.refresh().map(|(took, _)| took));
            }
        }
    }
    drawings
}
