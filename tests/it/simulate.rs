//! `kiosk simulate`: each line is answered `ok` or `error TEXT`.

use crate::devices::{Printer, Reader, YOUNG};
use crate::site::{Site, run_kiosk};

#[test]
fn the_reader_answers_every_line() {
    let site = Site::bare();
    let mut reader = Reader::plug_in(&site);
    let link = site.path("reader");
    assert!(link.is_symlink(), "a link to the pseudo-terminal");
    reader.lay(&site, YOUNG);
    site.write("no.json", "{\"name\": \"张");
    let bad = site.path("no.json").display().to_string();
    let table = [
        ("lift", "ok"),
        ("unplug", "ok"),
        ("plug", "ok"),
        ("dance", "error "),
        ("put", "error "),
        ("put /no/such/card.json", "error "),
        (&format!("put {bad}") as &str, "error "),
        ("  lift  ", "ok"),
    ];
    for (line, answer) in table {
        let said = reader.process().ask(line);
        assert!(said.starts_with(answer), "{line}: {said}");
        assert!(!said.contains('张'), "what stands on a card is not repeated: {said}");
    }
    reader.process().close_stdin();
    assert_eq!(reader.process().end().code(), Some(0), "it ends with its input");
    assert!(!link.is_symlink(), "its link goes with it");
}

#[test]
fn the_printer_answers_every_line_and_keeps_every_byte() {
    let site = Site::bare();
    let mut printer = Printer::plug_in(&site);
    for line in ["paper out", "paper low", "paper ok", "cover open", "cover closed", "jam", "unplug", "plug"]
    {
        printer.say(line);
    }
    for line in ["paper", "paper red", "cover", "jam now", "jump"] {
        let said = printer.process().ask(line);
        assert!(said.starts_with("error "), "{line}: {said}");
    }
    let before = printer.bytes();
    let mut port = std::fs::OpenOptions::new().write(true).open(site.path("printer")).unwrap();
    std::io::Write::write_all(&mut port, b"\x1b@hello\n").unwrap();
    crate::child::until("the bytes in the file", || (printer.bytes() >= before + 8).then_some(()));
    assert_eq!(printer.times("hello"), 1);
    printer.process().close_stdin();
    assert_eq!(printer.process().end().code(), Some(0), "it ends with its input");
    assert!(!site.path("printer").is_symlink(), "its link goes with it");
}

#[test]
fn a_file_in_the_place_of_the_link_is_not_touched() {
    let site = Site::bare();
    site.write("reader", "somebody's file");
    let link = site.path("reader").display().to_string();
    let ended = run_kiosk(&["simulate", "id-reader", "--link", &link]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(std::fs::read_to_string(site.path("reader")).unwrap(), "somebody's file");
}
