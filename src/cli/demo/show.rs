//! The demo with a display: a window to touch, residents' cards laid by the machine, the rest by lines typed.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::people::Sample;
use super::stage::{Devices, Stage};
use super::{Failure, NOT_BUILT};
use crate::domain::device::Printer;
use crate::engine::scene::{Scene, Shown};
use crate::engine::thread::Mailbox;
use crate::logging::{self, Detail};
use crate::screen::{self, Shape};
use crate::signals;
use crate::visit::view::{Page, ReaderFace};

/// How long the card prompt stands before a card is laid, and how long the card then lies.
const LAY_AFTER: Duration = Duration::from_secs(4);
const LIFT_AFTER: Duration = Duration::from_secs(4);
/// Half the design's size fits most desktops.
const WINDOW: Shape = Shape::Window { width: 486, height: 864 };

pub(super) fn show(seed: u64, verbose: bool) -> Result<(), Failure> {
    let _log = logging::to_stderr(if verbose { Detail::All } else { Detail::Usual })
        .map_err(|error| Failure::cannot(error, "check standard error"))?;
    if ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        return Err(Failure::cannot(
            "there is no display for the demo's window",
            "start it on a desktop, or play it without: kiosk demo --headless DIR",
        ));
    }
    let (stage, threads) = Stage::set_up()?;
    let (mailbox, mail) = Mailbox::new();
    let touched = mailbox.clone();
    let window =
        screen::Window::open(WINDOW, Arc::clone(&stage.words), &stage.config.site.name, move |input| {
            touched.put(input);
        })
        .map_err(|error| {
            Failure::cannot(&error, format!("{}; or: kiosk demo --headless DIR", error.advice()))
        })?;
    let ended = Arc::new(AtomicBool::new(false));
    signals::on_stop(screen::quit).map_err(|error| Failure::cannot(error, "free processes and try again"))?;
    let waits = Arc::new(AtomicBool::new(false));
    let mut shower = window.shower();
    let watched = Arc::clone(&waits);
    let terminal = stage.start(
        (mailbox, mail),
        Box::new(move |scene| {
            watched.store(wants_card(&scene), Ordering::Release);
            shower(scene);
        }),
        Box::new(screen::quit),
    )?;
    println!("The platform's events: http://{}/sandbox/events", stage.sandbox.address());
    println!("On the card prompt a made-up resident's card is laid after a few seconds.");
    println!(
        "Type here, for the ticket printer: paper out | paper low | paper ok | cover open | cover closed | unplug | plug"
    );
    println!("Not in this version yet: {}", NOT_BUILT.join(", "));
    lay_cards(stage.devices.clone(), waits, seed)
        .and_then(|()| obey(stage.devices.clone()))
        .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
    let shown = window.run(&ended);
    if !terminal.stop() {
        log::error!("the engine ended by a fault");
    }
    // The helpers' threads hold the devices until the process ends, so they are not waited for.
    drop(threads);
    let folder = stage.config.file.parent().map(std::path::Path::to_path_buf);
    stage.strike(Vec::new());
    if let Some(folder) = folder.filter(|folder| folder.exists()) {
        log::warn!("{} is left behind", folder.display());
    }
    shown.map_err(|error| Failure::cannot(&error, error.advice()))
}

fn wants_card(scene: &Scene) -> bool {
    matches!(scene.page, Shown::Visit(Page::PlaceCard { reader: ReaderFace::Waiting, .. }))
}

/// Lays a resident's card once the prompt has stood for a while, and takes it away again.
fn lay_cards(devices: Devices, waits: Arc<AtomicBool>, seed: u64) -> std::io::Result<()> {
    const LOOK: Duration = Duration::from_millis(100);
    std::thread::Builder::new().name("residents".into()).spawn(move || {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut stood = Duration::ZERO;
        loop {
            std::thread::sleep(LOOK);
            stood = if waits.load(Ordering::Acquire) { stood + LOOK } else { Duration::ZERO };
            if stood < LAY_AFTER {
                continue;
            }
            stood = Duration::ZERO;
            let laid = devices.lay(&Sample::new(&mut chance));
            std::thread::sleep(LIFT_AFTER);
            if let Err(error) = laid.and_then(|()| devices.lift()) {
                log::error!("{error}");
                return;
            }
        }
    })?;
    Ok(())
}

fn obey(devices: Devices) -> std::io::Result<()> {
    std::thread::Builder::new().name("typed".into()).spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.trim().parse() {
                Ok(knob) => devices.turn(Printer::Dispenser, knob),
                Err(error) if !line.trim().is_empty() => println!("{error}"),
                Err(_) => {}
            }
        }
    })?;
    Ok(())
}
