//! A terminal whose store can't be had: its screen says so, and the store is tried again until it can be.
//!
//! Nothing is given out meanwhile and nothing of the folder is changed: a store that can't be opened is left as it is.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::{Ground, Mail, Show, StartError};
use crate::config::Config;
use crate::engine::Input;
use crate::engine::clock::Clock;
use crate::engine::scene::{Manner, Outage, Scene, Shown};
use crate::engine::thread::Mail as Letter;

/// The store is tried again so often.
const AGAIN: Duration = Duration::from_secs(5);

/// Says on the screen why the terminal can't serve until it can; `None` where it is asked to end before.
///
/// # Errors
/// Where it can't be healed by waiting.
pub fn until_it_can(
    config: &Config,
    languages: &[String],
    mail: &Mail,
    show: &mut Show,
    mut outage: Outage,
) -> Result<Option<Ground>, StartError> {
    let clock = Clock::start();
    let mut manner = Manner::own(languages);
    let mut due = AGAIN;
    loop {
        show(Box::new(scene(config, clock, &manner, outage)));
        match mail.recv_timeout(due.saturating_sub(clock.mono())) {
            Ok(Letter::Input(Input::Manner(act))) => manner.change(act, languages),
            Ok(Letter::Input(_)) => {}
            Ok(Letter::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                due = clock.mono() + AGAIN;
                match Ground::take(config) {
                    Ok(ground) => {
                        log::info!("the store can be had again");
                        return Ok(Some(ground));
                    }
                    Err(error) => {
                        let Some(now) = error.outage() else { return Err(error) };
                        if now != outage {
                            log::error!("still out of service: {error}; {}", error.advice());
                        }
                        outage = now;
                    }
                }
            }
        }
    }
}

fn scene(config: &Config, clock: Clock, manner: &Manner, outage: Outage) -> Scene {
    Scene {
        page: Shown::OutOfService(outage),
        progress: None,
        person: None,
        can_back: false,
        can_home: false,
        can_change_manner: true,
        can_repeat: false,
        countdown: None,
        card_left: false,
        manner: manner.clone(),
        clock: clock.now().wall.to_zoned_datetime(config.site.time_zone.clone()).datetime(),
        banner: None,
    }
}
