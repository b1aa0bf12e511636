//! The demo without a display: a morning that plays itself, its pictures, and what it proved.

mod acts;
mod album;
mod morning;
mod proof;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use self::album::Album;
use self::proof::Proof;
use super::Failure;
use super::stage::Stage;
use crate::engine::thread::Mailbox;
use crate::logging::{self, Detail};
use crate::screen::headless::Headless;
use crate::signals;

/// The screen that the morning is played on.
const PORTRAIT: (u32, u32) = (1080, 1920);

pub(super) fn play(folder: &Path, seed: u64, verbose: bool) -> Result<(), Failure> {
    let _log = logging::to_stderr(if verbose { Detail::All } else { Detail::Quiet })
        .map_err(|error| Failure::cannot(error, "check standard error"))?;
    let album = Album::open(folder).map_err(|error| {
        Failure::cannot(format!("{} can't be written: {error}", folder.display()), "choose another folder")
    })?;
    // A signal ends the morning at its next act, so that everything is taken down as after a whole one.
    let ended = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&ended);
    signals::on_stop(move || raised.store(true, Ordering::Release))
        .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
    let (stage, threads) = Stage::set_up()?;
    let (mailbox, mail) = Mailbox::new();
    let touched = mailbox.clone();
    let screen = Headless::open(PORTRAIT, Arc::clone(&stage.words), &stage.config.site.name, move |input| {
        touched.put(input);
    })
    .map_err(|error| Failure::cannot(error, "tell the makers"))?;
    let (scenes, shown) = channel();
    let terminal = stage.start(
        (mailbox, mail),
        Box::new(move |scene| {
            // Whoever looked may have gone.
            let _ = scenes.send(scene);
        }),
        Box::new(|| {}),
    )?;
    let mut morning = morning::Morning::new(&stage, terminal.mailbox(), &screen, shown, album, seed, &ended);
    let played = morning.play();
    let (album, tally) = morning.end();
    let well = terminal.stop();
    let proof = Proof::gather(&stage, &tally, &played);
    let summary = proof.summary(&tally, album.count());
    let written = album.summary(&summary);
    stage.strike(threads);
    written.map_err(|error| {
        Failure::cannot(format!("summary.json can't be written: {error}"), "free some room")
    })?;
    if !well {
        return Err(Failure::found("the engine ended by a fault", "run it again with -v and keep the log"));
    }
    if let Err(why) = played {
        return Err(Failure::found(why, "look at the pictures up to there, and run it again with -v"));
    }
    println!("{}", proof.table());
    if proof.holds() {
        println!("{} pictures and summary.json in {}", album.count(), folder.display());
        Ok(())
    } else {
        Err(Failure::found("a promise was broken", format!("see {}", folder.join("summary.json").display())))
    }
}
