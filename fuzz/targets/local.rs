//! What comes in at the terminal's own doors, at the sandbox's, and from the site's folder of recordings.

use kiosk::control::question::Question;
use kiosk::sandbox::events;
use kiosk::sandbox::faults::Faults;
use kiosk::sandbox::store::Store;
use kiosk::voice::wav;

/// A line at the control socket: a question that is read is written as it was meant.
pub fn control_line(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    if let Some(question) = Question::parse(line) {
        assert_eq!(Question::parse(&question.to_string()), Some(question));
    }
}

/// A line at a simulated device: read or refused.
pub fn device_line(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    let _ = line.parse::<kiosk_escpos::simulator::Knob>().map(|knob| format!("{knob:?}"));
    let _ = line.parse::<kiosk_id_reader::simulator::Knob>().map(|knob| format!("{knob:?}"));
}

/// A batch at the sandbox: answered or refused as a whole, and a second time too.
pub fn sandbox_batch(bytes: &[u8]) {
    let Ok(mut store) = Store::in_memory() else { return };
    let first = events::take(&mut store, "fuzz", 0, bytes, &mut || None);
    let second = events::take(&mut store, "fuzz", 0, bytes, &mut || None);
    assert_eq!(first.is_ok(), second.is_ok());
    if let Ok(answer) = second {
        assert!(answer["results"].is_array());
    }
}

/// Faults to set: read or refused by name; what is set can be read and set again.
pub fn sandbox_faults(bytes: &[u8]) {
    match Faults::from_json(bytes) {
        Ok(mut faults) => {
            let again = Faults::from_json(faults.to_json().to_string().as_bytes());
            assert_eq!(again.as_ref(), Ok(&faults));
            for _ in 0..8 {
                let _ = (faults.take("/v1/events"), faults.take_event());
            }
        }
        Err(what) => assert!(!what.is_empty()),
    }
}

/// A recording of the site's, or what the synthesised voice wrote: heard or refused, and never longer than a minute.
pub fn recording(bytes: &[u8]) {
    if let Ok(samples) = wav::decode(bytes) {
        assert!(samples.len() <= wav::LONGEST);
    }
}
