//! The voice's thread: waits for scenes, touches and time, and keeps the loudspeaker fed. Nobody waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::Duration;

use super::clips::Clips;
use super::output::{Output, OutputError};
use super::player::Player;
use super::speaker::Speaker;
use super::turns::{Loudness, Turns, Wish};
use crate::domain::device::{Health, HealthState};
use crate::engine::Sound;
use crate::engine::clock::Clock;
use crate::engine::scene::Scene;
use crate::words::Words;

/// It ends with the process at the latest: a device that hangs must not keep the terminal from ending.
const AT_END: Duration = Duration::from_secs(1);

/// So much may wait for it. More waits only where the device hangs, and nothing of a visit is to outlive it there.
const WAITING: usize = 64;

/// How the terminal is heard.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ALSA device.
    pub device: String,
    /// How loud.
    pub loudness: Loudness,
    /// The folder of recordings.
    pub clips: Option<std::path::PathBuf>,
}

/// What the voice is told.
enum Mail {
    Scene(Box<Scene>),
    Sound(Sound),
    Stop,
}

/// The terminal's voice.
#[derive(Debug)]
pub struct Voice {
    mail: SyncSender<Mail>,
    ended: Receiver<()>,
}

/// The way to it; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ear(SyncSender<Mail>);

impl Ear {
    /// A scene came up.
    pub fn scene(&self, scene: &Scene) {
        // A voice that has ended, or whose device hangs, leaves everything else as it is.
        let _ = self.0.try_send(Mail::Scene(Box::new(scene.clone())));
    }

    /// A hand was there.
    pub fn sound(&self, sound: Sound) {
        let _ = self.0.try_send(Mail::Sound(sound));
    }
}

impl Voice {
    /// Starts the thread; `tell` hears how the loudspeaker does, whenever that changes.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(
        settings: Settings,
        words: Arc<Words>,
        clock: Clock,
        tell: impl Fn(Health) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (mail, inbox) = sync_channel(WAITING);
        let (end, ended) = channel();
        std::thread::Builder::new().name("voice".into()).spawn(move || {
            run(settings, words, &inbox, clock, tell);
            // Whoever waited has given up.
            let _ = end.send(());
        })?;
        Ok(Self { mail, ended })
    }

    /// The way to it.
    #[must_use]
    pub fn ear(&self) -> Ear {
        Ear(self.mail.clone())
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        // Where its mail is full the device hangs, and so it is left behind.
        let _ = self.mail.try_send(Mail::Stop);
        if let Err(RecvTimeoutError::Timeout) = self.ended.recv_timeout(AT_END) {
            log::warn!("the sound device hangs; it is left behind");
        }
    }
}

fn run(
    settings: Settings,
    words: Arc<Words>,
    inbox: &Receiver<Mail>,
    clock: Clock,
    tell: impl Fn(Health) + Send + 'static,
) {
    let mut output = Output::of(&settings.device);
    let mut speaker = Speaker::new(Arc::clone(&words), Clips::of(settings.clips));
    let mut turns = Turns::new(words, settings.loudness);
    let mut player = Player::default();
    let mut health = Watch { device: settings.device, output: Ok(()), told: None };
    loop {
        let now = clock.mono();
        if let Some(word) = output.look(now) {
            health.output = word;
        }
        health.tell(&speaker, &tell);
        let mut wishes = turns.tick(now);
        loop {
            for wish in wishes.drain(..) {
                obey(wish, &mut player, &mut output, &mut speaker, &mut turns);
            }
            if player.step(clock.mono(), &mut output, &mut speaker) {
                turns.silent();
            }
            let now = clock.mono();
            let due = [turns.due(), player.due(now), Some(output.due())].into_iter().flatten().min();
            let wait = due.unwrap_or(now).saturating_sub(now);
            match inbox.recv_timeout(wait) {
                Ok(Mail::Scene(scene)) => wishes = turns.scene(&scene, clock.mono()),
                Ok(Mail::Sound(sound)) => wishes = turns.sound(sound, clock.mono()),
                Err(RecvTimeoutError::Timeout) => break,
                Ok(Mail::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    return player.hush(&mut output, &mut speaker);
                }
            }
        }
    }
}

/// Where nothing can be heard, nothing is made either.
fn obey(wish: Wish, player: &mut Player, output: &mut Output, speaker: &mut Speaker, turns: &mut Turns) {
    if output.is_open() || wish == Wish::Hush {
        player.wish(wish, output, speaker);
    } else {
        turns.silent();
    }
}

/// How the loudspeaker does, told where it changed.
struct Watch {
    device: String,
    output: Result<(), OutputError>,
    told: Option<Health>,
}

impl Watch {
    fn tell(&mut self, speaker: &Speaker, tell: &impl Fn(Health)) {
        let health = match (&self.output, speaker.voice()) {
            (Err(error), _) => {
                Health { state: HealthState::Lost, detail: format!("{error}; {}", error.advice()) }
            }
            (Ok(()), Err(error)) => {
                Health { state: HealthState::Low, detail: format!("{error}; {}", error.advice()) }
            }
            (Ok(()), Ok(())) => {
                Health { state: HealthState::Ready, detail: format!("plays by {}", self.device) }
            }
        };
        if self.told.as_ref() != Some(&health) {
            tell(health.clone());
            self.told = Some(health);
        }
    }
}
