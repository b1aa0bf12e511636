//! Our bytes before somebody else's eyes, and somebody else's bytes before ours (`tests/fixtures/README.md`).

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use kiosk_escpos::charset::Charset;
use kiosk_escpos::profile::ImageCommand;
use kiosk_escpos::simulator::{PrintedPaper, SimulatedPrinter, reference_paper};
use kiosk_escpos::{Align, Document, NoGlyphs, Size, encode};

use crate::bench::{Blocks, profile, profiles};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The reference paper with a rare name on it, in that printer's bytes.
fn bytes(name: &str) -> Vec<u8> {
    let named = Document::new().pair("测\u{20BB7}", "510*************28");
    let document = reference_paper().elements().iter().cloned().fold(named, Document::with);
    encode(&document, &profile(name), &Blocks).unwrap().bytes().to_vec()
}

#[test]
fn an_independent_decoder_has_read_these_very_bytes() {
    for name in profiles() {
        let seen = std::fs::read(fixture(&format!("decoded/{name}.bin")));
        assert!(seen.is_ok_and(|seen| seen == bytes(&name)), "{name}: have it read anew, see tests/fixtures");
    }
}

#[test]
fn it_read_what_was_meant() {
    for name in profiles() {
        let profile = profile(&name);
        let read = std::fs::read_to_string(fixture(&format!("decoded/{name}.txt"))).unwrap();
        let count = |line: &str| read.lines().filter(|read| *read == line).count();
        let chinese = profile.text.charset != Charset::Ascii;
        assert_eq!(count("SelectCharacterSizeCmd arg=85"), 1, "{name}");
        assert_eq!((count("TextCmd A023"), count("TextCmd 2026-11-24 10:24")), (1, 1), "{name}");
        for text in ["剑阁县普安镇便民服务中心", "社会保障", "前面还有 5 人", "请到 1、2、3 号窗口"]
        {
            assert_eq!(count(&format!("TextCmd {text}")), usize::from(chinese), "{name}: {text}");
        }
        // Two characters of the rare name's line, or all of the Chinese but the line of larger letters.
        let glyphs = count("SelectBitImageModeCmd 24x24");
        assert_eq!(glyphs, if chinese { 1 } else { 2 + 12 + 5 + 6 + 7 }, "{name}");
        assert_eq!(count("PrintRasterBitImageCmd 192x48"), usize::from(!chinese), "{name}");
        assert_eq!(count("SelectCharacterSizeCmd arg=17"), usize::from(chinese), "{name}");
        let code = "https://example.invalid/t/510823101000/2026-11-24A";
        let stored =
            read.lines().filter(|line| line.starts_with("Code2DDataCmd") && line.contains(code)).count();
        assert_eq!(stored, usize::from(profile.qr.is_some()), "{name}");
        let bands = read.lines().filter_map(|line| line.strip_prefix("PrintRasterBitImageCmd 200x"));
        let drawn: u32 = bands.map(|rows| rows.parse::<u32>().unwrap()).sum();
        assert_eq!(drawn, if profile.qr.is_none() { 198 } else { 0 }, "{name}");
        assert!(profile.qr.is_some() || profile.image == Some(ImageCommand::ColumnAndRaster));
        let end = read.lines().last().unwrap();
        let ends = [
            "FeedAndCutCmd arg1=66 arg2=0",
            "FeedAndCutCmd arg1=65 arg2=0",
            "PrintAndFeedCmd arg=120",
            "FormFeedCmd",
        ];
        assert!(ends.contains(&end), "{name}: {end}");
    }
}

/// Writes both files of each profile anew.
#[test]
#[ignore = "needs php and ESCPOS_TOOLS, a checkout of receipt-print-hq/escpos-tools"]
fn read_anew() {
    let checkout = std::env::var("ESCPOS_TOOLS").unwrap();
    std::fs::create_dir_all(fixture("decoded")).unwrap();
    for name in profiles() {
        let file = fixture(&format!("decoded/{name}.bin"));
        std::fs::write(&file, bytes(&name)).unwrap();
        let read = Command::new("php").arg(fixture("decode.php")).arg(&checkout).arg(&file).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        std::fs::write(file.with_extension("txt"), read.stdout).unwrap();
    }
}

fn printed(bytes: &[u8]) -> PrintedPaper {
    let mut printer = SimulatedPrinter::new(profile("generic-80mm"));
    printer.receive(bytes, Duration::ZERO);
    printer.advance(Duration::from_secs(60));
    assert_eq!(printer.faults(), &[] as &[String]);
    printer.papers().last().unwrap().clone()
}

#[test]
fn what_python_escpos_writes_is_the_same_paper_as_ours() {
    let ours = Document::new()
        .centred("剑阁县普安镇便民服务中心")
        .text("A023", Align::Centre, Size::square(6), false)
        .text("社会保障", Align::Centre, Size::square(2), true)
        .line("前面还有 5 人")
        .qr("https://example.invalid/t/510823101000/2026-11-24A", 25)
        .text("2026-11-24 10:24", Align::Right, Size::ONE, false)
        .cut();
    let ours = encode(&ours, &profile("generic-80mm"), &NoGlyphs).unwrap().bytes();
    let theirs = std::fs::read(fixture("python-escpos.bin")).unwrap();
    assert_ne!(theirs, *ours, "it asks for the model of the code, which we need not");
    assert_eq!(printed(&theirs), printed(&ours));
}
