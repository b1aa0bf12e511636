//! The terminal's voice by a loudspeaker that is a file: what went out can be counted, sample by sample.

use std::path::PathBuf;
use std::time::Duration;

use kiosk::engine::clock::Clock;
use rustix::fs::{CWD, FileType, Mode};

use crate::child::{LOOK, PATIENCE, until};
use crate::site::Site;
use crate::terminal::Scene;

/// The site's own configuration of ALSA.
const SOUND: &str = "asound.conf";
/// Samples a second.
const RATE: usize = 22_050;
/// It has ended where nothing more came for so long.
const SILENCE: Duration = Duration::from_millis(900);
/// A recording is this sample over and over: no voice is.
const RECORDED: i16 = 12_345;

/// A loudspeaker that takes everything and writes it down.
struct Loudspeaker {
    file: PathBuf,
}

impl Loudspeaker {
    /// None yet, and the terminal knows where one will be.
    fn socket(site: &Site) {
        site.write(SOUND, "");
        site.set("ALSA_CONFIG_PATH", site.path(SOUND));
    }

    /// ALSA's file plugin behind the name `default`.
    fn plug_in(site: &Site) -> Self {
        Self::socket(site);
        let file = site.path("sound.raw");
        let config = format!(
            "pcm.nothing {{ type null }}\npcm.!default {{ type file slave.pcm nothing file {:?} format raw }}\n",
            file.display().to_string()
        );
        site.write(SOUND, &config);
        Self { file }
    }

    /// Everything so far.
    fn heard(&self) -> Vec<i16> {
        let bytes = std::fs::read(&self.file).unwrap_or_default();
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    /// How many samples were no silence.
    fn loud(&self) -> usize {
        self.heard().into_iter().filter(|sample| sample.abs() > 200).count()
    }

    /// Waits for so many more than `before`.
    fn wait_for(&self, before: usize, more: usize) {
        until(&format!("{more} more samples"), || (self.loud() >= before + more).then_some(()));
    }

    /// Waits until it has fallen silent; how many samples were no silence.
    fn silent(&self) -> usize {
        let clock = Clock::start();
        let (mut last, mut since) = (self.loud(), clock.mono());
        while clock.mono() - since < SILENCE {
            assert!(clock.mono() < PATIENCE, "it does not fall silent");
            std::thread::sleep(LOOK);
            let now = self.loud();
            if now != last {
                (last, since) = (now, clock.mono());
            }
        }
        last
    }
}

/// A recording of half a second.
fn recording() -> Vec<u8> {
    let samples = vec![RECORDED; RATE / 2];
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend((RATE as u32).to_le_bytes());
    file.extend((RATE as u32 * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn a_page_is_spoken_repeated_and_cut_short_by_a_touch() {
    let mut loudspeaker = None;
    let mut scene = Scene::set_with(|site| loudspeaker = Some(Loudspeaker::plug_in(site)));
    let loudspeaker = loudspeaker.unwrap();
    scene.terminal.device("speaker", "ready");
    assert_eq!(loudspeaker.loud(), 0, "the home page says nothing to an empty hall");

    scene.terminal.press("取号", "place_card");
    loudspeaker.wait_for(0, RATE / 4);
    scene.terminal.press_here("高对比");
    let cut = loudspeaker.silent();
    scene.terminal.press_here("再听");
    loudspeaker.wait_for(cut, RATE / 4);
    let again = loudspeaker.silent();
    assert!(cut < (again - cut) * 3 / 4, "cut short: {cut} of {}", again - cut);

    scene.terminal.press("输入身份证号", "keypad");
    loudspeaker.wait_for(again, RATE / 4);
    let once = loudspeaker.silent();
    scene.terminal.press_here("再听");
    loudspeaker.wait_for(once, RATE / 4);
    let twice = loudspeaker.silent();
    let (first, second) = (once - again, twice - once);
    assert!(first.abs_diff(second) < RATE / 10, "the same words: {first} and {second}");

    assert_eq!(scene.terminal.terminate(), Some(0));
    let log = scene.site.log();
    assert!(!log.contains("十八位") && !log.contains("请"), "no sentence is in the log: {log}");
}

#[test]
fn a_recording_of_the_site_is_heard_in_place_of_the_voice() {
    let mut loudspeaker = None;
    let mut scene = Scene::set_with(|site| {
        loudspeaker = Some(Loudspeaker::plug_in(site));
        site.edit("[queue]", "[sound]\nvolume = 100\nclips = \"clips\"\n[queue]");
        std::fs::create_dir_all(site.path("clips/zh")).unwrap();
        std::fs::write(site.path("clips/zh/keypad.wav"), recording()).unwrap();
    });
    let loudspeaker = loudspeaker.unwrap();
    let recorded = || loudspeaker.heard().into_iter().filter(|sample| sample.abs_diff(RECORDED) <= 1).count();
    scene.terminal.press("取号", "place_card");
    scene.terminal.press("输入身份证号", "keypad");
    until("the recording", || (recorded() >= RATE / 2).then_some(()));
    loudspeaker.silent();
    assert_eq!(recorded(), RATE / 2, "once, and whole");
}

#[test]
fn a_loudspeaker_that_comes_later_is_found_and_pages_do_not_wait_for_it() {
    let mut scene = Scene::set_with(Loudspeaker::socket);
    scene.terminal.device("speaker", "lost");
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    let loudspeaker = Loudspeaker::plug_in(&scene.site);
    scene.terminal.device("speaker", "ready");
    scene.terminal.press("取号", "place_card");
    loudspeaker.wait_for(0, RATE / 4);
}

#[test]
fn without_espeak_ng_pages_work_with_tones_alone_and_it_is_said_once() {
    let mut loudspeaker = None;
    let mut scene = Scene::set_with(|site| {
        loudspeaker = Some(Loudspeaker::plug_in(site));
        site.set("PATH", site.path("nothing"));
    });
    let loudspeaker = loudspeaker.unwrap();
    scene.terminal.press("取号", "place_card");
    scene.terminal.device("speaker", "low");
    scene.terminal.press("首页", "home");
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    let tones = loudspeaker.silent();
    assert!(tones > 0 && tones < RATE * 3, "clicks and notes: {tones}");
    assert_eq!(scene.site.log().matches("what is not recorded is not spoken").count(), 1);
    let checked = scene.site.kiosk(&["check"]).out;
    assert!(checked.contains("espeak-ng is not installed"), "{checked}");
}

#[test]
fn a_check_tries_the_voice_without_a_sound() {
    let site = Site::new();
    let line = |site: &Site, name: &str| {
        let checked = site.kiosk(&["check"]);
        let place = checked.out.lines().position(|line| line.contains(&format!("  {name} "))).unwrap();
        checked.out.lines().skip(place).take(2).collect::<Vec<_>>().join(" ")
    };
    let speaker = line(&site, "speaker");
    assert!(speaker.starts_with("ok") && speaker.contains("no fault"), "nobody asked for it: {speaker}");
    assert!(line(&site, "voice").contains("espeak-ng speaks zh, en"));

    site.edit("[queue]", "[sound]\nclips = \"clips\"\n[queue]");
    let speaker = line(&site, "speaker");
    assert!(speaker.starts_with("FAIL") && speaker.contains("aplay -L"), "{speaker}");
    assert!(line(&site, "recordings").contains("no folder"));

    let loudspeaker = Loudspeaker::plug_in(&site);
    std::fs::create_dir_all(site.path("clips/zh")).unwrap();
    std::fs::write(site.path("clips/zh/help.wav"), recording()).unwrap();
    assert!(line(&site, "speaker").contains("default opens"));
    let recordings = line(&site, "recordings");
    assert!(recordings.contains("zh: 1 of "), "{recordings}");
    std::fs::write(site.path("clips/zh/idle.wav"), b"ID3").unwrap();
    let recordings = line(&site, "recordings");
    assert!(
        recordings.starts_with("FAIL") && recordings.contains("zh/idle.wav: no WAV file"),
        "{recordings}"
    );
    assert_eq!(loudspeaker.loud(), 0, "a check is not heard");

    let list = site.kiosk(&["recordings"]).out;
    assert!(list.lines().any(|line| line.starts_with("zh/help.wav\t需要有人帮忙吗")), "{list}");
    assert!(list.lines().any(|line| line == "zh/class-社会保障.wav\t社会保障"), "{list}");
    let missing = site.kiosk(&["recordings", "--missing"]).out;
    assert!(!missing.contains("zh/help.wav") && missing.contains("en/help.wav"), "{missing}");
}

#[test]
fn a_check_does_not_wait_for_a_device_that_never_opens() {
    let site = Site::new();
    let loudspeaker = Loudspeaker::plug_in(&site);
    // A pipe that nobody reads: opening it to write waits for ever, as a plugin does whose server does not answer.
    rustix::fs::mknodat(CWD, &loudspeaker.file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let checked = site.kiosk(&["check"]);
    let line = checked.out.lines().find(|line| line.contains("  speaker ")).unwrap();
    assert!(line.contains("did not open within 6 s"), "{line}");
}
