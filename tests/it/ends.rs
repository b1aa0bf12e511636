//! The terminal's end: asked for, forced, and a second terminal on the same folder.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::Signal;

use crate::child::run;
use crate::terminal::Scene;

#[test]
fn asked_to_end_while_printing_it_ends_cleanly_and_goes_on_the_same_day() {
    let mut scene = Scene::set();
    scene.up_to_confirm("社会保障");
    let day = scene.terminal.status().unwrap()["clock"]["business_day"].clone();
    scene.begin_printing();
    assert_eq!(scene.terminal.terminate(), Some(0));
    scene.printer.say("slow 0");
    assert_eq!(scene.printer.times("A001"), 1, "the ticket came out whole");
    scene.restart();
    let status = scene.terminal.outbox_empty();
    assert_eq!(status["clock"]["business_day"], day);
    assert_eq!((&status["queue"]["A"]["waiting"], &status["queue"]["A"]["last"]), (&1.into(), &1.into()));
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
    let issued = scene.platform.bodies("ticket.issued", 2);
    assert_eq!((&issued[0]["number"], &issued[1]["number"]), (&"A001".into(), &"A002".into()));
    scene.platform.assert_once_in_order();
}

#[test]
fn killed_while_printing_the_number_is_kept_aside_and_never_given_again() {
    let mut scene = Scene::set();
    scene.up_to_confirm("社会保障");
    scene.begin_printing();
    scene.terminal.process.signal(Signal::KILL);
    scene.terminal.process.end();
    scene.printer.say("slow 0");
    scene.restart();
    let status = scene.terminal.status().unwrap();
    assert_eq!(
        (&status["queue"]["A"]["waiting"], &status["queue"]["A"]["last"]),
        (&0.into(), &1.into()),
        "{status}"
    );
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
    scene.terminal.outbox_empty();
    let issued = scene.platform.bodies("ticket.issued", 1);
    assert_eq!(issued[0]["number"], "A002");
    scene.platform.assert_once_in_order();
}

#[test]
fn killed_after_a_ticket_was_told_done_nothing_is_lost() {
    let mut scene = Scene::set();
    scene.platform.stop();
    scene.up_to_confirm("社会保障");
    scene.terminal.press("确认", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    scene.terminal.process.signal(Signal::KILL);
    scene.terminal.process.end();
    scene.platform.restart();
    scene.restart();
    scene.terminal.outbox_empty();
    assert_eq!(scene.platform.bodies("ticket.issued", 1)[0]["number"], "A001");
    assert_eq!(scene.terminal.status().unwrap()["queue"]["A"]["waiting"], 1);
}

#[test]
fn what_the_terminal_keeps_is_its_owners_alone() {
    let scene = Scene::set();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&scene.site.data()), 0o700);
    for entry in std::fs::read_dir(scene.site.data()).unwrap() {
        let path = entry.unwrap().path();
        // Folders are shut off by the one above them.
        if !path.is_dir() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[test]
fn a_second_terminal_on_the_same_folder_is_turned_away() {
    let mut scene = Scene::set();
    let mut second = scene.site.command(&["run"]);
    scene.desktop.enter(&mut second);
    let second = run(second);
    assert_eq!(second.code, Some(3), "{second:?}");
    assert!(second.err.contains("another terminal runs with the data folder"), "{}", second.err);
    assert!(second.err.contains("→"), "what to do: {}", second.err);
    // The first one does not notice.
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    assert_eq!(scene.terminal.terminate(), Some(0));
    let gone = scene.site.kiosk(&["status"]);
    assert_eq!(gone.code, Some(3), "{gone:?}");
}
