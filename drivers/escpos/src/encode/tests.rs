//! Tables of what each element becomes, the promised sizes, and the proof that no job holds a live command.

use proptest::prelude::*;

use super::*;
use crate::bitmap::tests::Frames;
use crate::bitmap::{Bitmap, NoGlyphs};
use crate::charset::Charset;
use crate::profile::ImageCommand;
use crate::profile::tests::shipped;
use crate::simulator::reference_paper;

const HEAD: &[u8] = b"\x1B@\x1C&\x1D\x65\x12";

/// Body without the head, on the VKP80.
fn body(document: Document) -> Vec<u8> {
    let job = encode(&document, &shipped("vkp80"), &NoGlyphs).unwrap();
    job.body().strip_prefix(HEAD).unwrap().to_vec()
}

fn gb(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

#[test]
fn each_element_has_its_bytes() {
    let text = |content: &str, align, size, bold| Document::new().text(content, align, size, bold);
    let rule = "-".repeat(48) + "\n";
    for (what, document, expected) in [
        ("plain", Document::new().line("OK"), b"OK\n".to_vec()),
        ("Chinese", Document::new().line("张"), b"\xD5\xC5\n".to_vec()),
        ("centred", Document::new().centred("OK"), b"\x1Ba\x01OK\n".to_vec()),
        ("right", text("OK", Align::Right, Size::ONE, false), b"\x1Ba\x02OK\n".to_vec()),
        ("x6", text("A023", Align::Left, Size::square(6), false), b"\x1D!\x55A023\n".to_vec()),
        ("wide and bold", text("A", Align::Left, Size::new(3, 2), true), b"\x1D!\x21\x1BE\x01A\n".to_vec()),
        ("gap", Document::new().gap(), b"\n".to_vec()),
        ("rule", Document::new().rule(), rule.into_bytes()),
        (
            "pair near",
            Document::new().pair(&"a".repeat(42), "bcd"),
            [&b"a".repeat(42)[..], b"   bcd\n"].concat(),
        ),
        ("pair far", Document::new().pair("a", "b"), b"a\x1B$\x34\x02b\n".to_vec()),
        ("controls", Document::new().line("a\x10\x04b"), b"a  b\n".to_vec()),
        (
            "modes only where they change",
            Document::new().centred("a").centred("b").line("c").line("d"),
            b"\x1Ba\x01a\nb\n\x1Ba\x00c\nd\n".to_vec(),
        ),
        ("empty lines need no modes", Document::new().centred("").line("x"), b"\nx\n".to_vec()),
    ] {
        assert_eq!(body(document), expected, "{what}");
    }
}

#[test]
fn a_code_is_as_large_as_asked_and_no_larger() {
    // 50 bytes at level M make version 4, 33 modules: 25 mm are 200 dots, 6 a module.
    let data = "https://example.invalid/t/510823101000/2026-11-24A";
    assert_eq!(data.len(), 50);
    let expected = [
        b"\x1Ba\x01".as_slice(),
        b"\x1D(k\x03\x001C\x06",
        b"\x1D(k\x03\x001E1",
        b"\x1D(k\x35\x001P0",
        data.as_bytes(),
        b"\x1D(k\x03\x001Q0",
    ]
    .concat();
    assert_eq!(body(Document::new().qr(data, 25)), expected);
}

#[test]
fn the_finish_is_kept_apart() {
    for (name, finish) in [
        ("vkp80", &b"\x1Bi\x1De\x03\x0C"[..]),
        ("epson-tm", b"\x1DV\x42\x00"),
        ("generic-58mm", b"\x1BJ\x78"),
    ] {
        let job = encode(&Document::new().line("x").cut(), &shipped(name), &NoGlyphs).unwrap();
        assert_eq!(job.finish(), finish, "{name}");
        assert!(job.body().ends_with(b"x\n") && job.bytes().ends_with(finish));
        assert!(job.printing() > Duration::ZERO && job.finishing() > Duration::ZERO);
    }
}

/// All that can stand on a ticket, on 80 mm. The person is made up.
fn full_ticket() -> Document {
    Document::new()
        .centred("剑阁县普安镇便民服务中心")
        .gap()
        .text("补打", Align::Centre, Size::square(2), true)
        .text("A023", Align::Centre, Size::square(6), true)
        .text("社会保障", Align::Centre, Size::square(2), true)
        .rule()
        .pair("前面还有", "5 人")
        .pair("大约要等", "15-25 分钟")
        .pair("请到", "1、2、3 号窗口")
        .pair("优先", "孕妇或带婴儿")
        .rule()
        .pair("测*", "510*************28")
        .pair("2026-11-24 10:24", "终端 T01")
        .rule()
        .gap()
        .qr("https://example.invalid/t/510823101000/2026-11-24A", 25)
        .centred("手机扫码看排队")
        .centred("过号了不要急，请到窗口说一声")
        .centred("服务热线 12345")
        .cut()
}

#[test]
fn tickets_are_small() {
    for name in crate::profile::tests::all() {
        let profile = shipped(&name);
        let bytes = |document: &Document| encode(document, &profile, &Frames).unwrap().bytes().len();
        let (reference, full) = (bytes(&reference_paper()), bytes(&full_ticket()));
        // Without Chinese fonts 24 x 24 dots a character, and two lines of larger ones.
        let mut most = if profile.text.charset == Charset::Ascii { (10_000, 16_000) } else { (284, 700) };
        if profile.qr.is_none() {
            // A code of 200 x 200 dots.
            most = (most.0 + 5_000, most.1 + 5_000);
        }
        assert!(reference <= most.0 && full <= most.1, "{name}: {reference}, {full}");
    }
}

#[test]
fn missing_characters_are_drawn_in_the_line() {
    let document = Document::new().pair("王\u{20BB7}\u{20BB7}", "x");
    let job = encode(&document, &shipped("vkp80"), &Frames).unwrap();
    let image = b"\x1B*\x21\x18\x00\xFF\xFF\xFF\x80\x00\x01";
    let at = job.body().windows(image.len()).position(|window| window == image).unwrap();
    assert_eq!(&job.body()[at - 2..at], gb("王"));
    assert_eq!(job.body().len(), HEAD.len() + 2 + 2 * (5 + 72) + 4 + 1 + 1);
    assert_eq!(job.undrawn(), 0);
}

#[test]
fn what_nobody_can_draw_is_told_by_its_code_point_and_stops_nothing() {
    let document = || Document::new().pair("\u{E123}*", "510").centred("a\u{2EBF0}\u{378}\nb");
    let expected = gb("〔U+E123〕*");
    let mut bare = shipped("vkp80");
    bare.image = None;
    for (profile, glyphs) in [(shipped("vkp80"), &NoGlyphs as &dyn GlyphSource), (bare, &Frames)] {
        let job = encode(&document(), &profile, glyphs).unwrap();
        assert_eq!(job.undrawn(), 3);
        assert_eq!(job.body().strip_prefix(HEAD).unwrap()[..expected.len()], expected);
        assert!(job.body().ends_with(&gb("a〔U+2EBF0〕〔U+0378〕\nb\n")));
    }
}

#[test]
fn a_printer_without_chinese_draws_all_of_it() {
    let profile = shipped("epson-tm-latin");
    let job = encode(&Document::new().pair("前面", "5 人"), &profile, &Frames).unwrap();
    assert_eq!(job.body().windows(3).filter(|window| window == b"\x1B*\x21").count(), 3);
    let bare = encode(&Document::new().line("前"), &profile, &NoGlyphs).unwrap();
    assert!(bare.body().ends_with(b"[U+524D]\n"));
}

#[test]
fn a_code_point_is_never_broken_and_never_wider_than_the_paper() {
    let name = "测\u{E123}".repeat(8);
    let job = encode(&Document::new().pair(&name, &name), &shipped("generic-58mm"), &NoGlyphs).unwrap();
    let (text, _) = encoding_rs::GB18030.decode_without_bom_handling(job.body());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().all(|line| line.matches('〔').count() == line.matches('〕').count()), "{lines:?}");
    assert_eq!((job.undrawn(), text.matches("〔U+E123〕").count()), (16, 16));
}

#[test]
fn a_character_is_drawn_as_large_as_its_line() {
    let large = |content: &str| Document::new().text(content, Align::Centre, Size::square(2), false);
    let mut profile = shipped("vkp80");
    let bytes = |profile: &Profile| encode(&large("王\u{20BB7} A"), profile, &Frames).unwrap();
    // 48 and 48 and 24 and 24 dots wide, 18 bytes a row, 48 rows; the first character's frame is black all along.
    let job = bytes(&profile);
    let image = b"\x1Ba\x01\x1Dv0\x00\x12\x00\x30\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    assert_eq!(&job.body()[HEAD.len()..][..image.len()], image);
    assert_eq!(job.body().len(), HEAD.len() + 3 + 8 + 18 * 48);
    // Without alignment the white at the left is part of it.
    profile.text.align = false;
    assert_eq!(bytes(&profile).body()[HEAD.len()..][..8], *b"\x1Dv0\x00\x2D\x00\x30\x00");
    // A printer that only knows inline pictures gets it as large as its band.
    profile.image = Some(ImageCommand::Column);
    assert!(bytes(&profile).body().windows(5).any(|window| window == b"\x1B*\x21\x18\x00"));
    // And a line that lacks nothing stays text.
    assert!(!encode(&large("王"), &shipped("vkp80"), &Frames).unwrap().body().contains(&b'v'));
}

#[test]
fn codes_without_a_command_are_drawn() {
    let mut profile = shipped("epson-tm");
    profile.qr = None;
    let job = encode(&Document::new().qr("A023", 25), &profile, &NoGlyphs).unwrap();
    // Version 1 has 21 modules of 9 dots: 189 dots, 24 bytes a row.
    // In bands, each of which is less than the half of what its buffer holds.
    for rows in [74, 74, 41] {
        let band = [0x1D, b'v', b'0', 0, 24, 0, rows, 0];
        assert!(job.body().windows(8).any(|window| window == band), "{rows}");
    }
    profile.image = Some(ImageCommand::Column);
    let error = encode(&Document::new().qr("A023", 25), &profile, &NoGlyphs).unwrap_err();
    assert_eq!(error, EncodeError::NoImageCommand { count: 1 });
}

#[test]
fn what_a_code_can_not_hold_is_refused() {
    let encode =
        |data: &str| encode(&Document::new().qr(data, 25), &shipped("generic-58mm"), &NoGlyphs).map(|_| ());
    assert_eq!(encode(""), Err(EncodeError::QrData));
    assert_eq!(encode("a\x10\x04\x01"), Err(EncodeError::QrData));
    assert_eq!(encode(&"x".repeat(3000)), Err(EncodeError::QrTooLarge { bytes: 3000, dots: 384 }));
    assert_eq!(encode("A023"), Ok(()));
}

#[test]
fn a_job_shows_nothing_of_its_content() {
    let job = encode(&Document::new().line("SECRET"), &shipped("vkp80"), &NoGlyphs).unwrap();
    assert!(!format!("{job:?}").contains("SECRET"));
}

/// Glyphs full of the bytes that are dangerous.
struct Dangerous(u8, u8);

impl GlyphSource for Dangerous {
    fn glyph(&self, _: char, height: u32) -> Option<Bitmap> {
        let mut bitmap = Bitmap::new(24, height);
        for x in 0..24 {
            for (band, byte) in [self.0, self.1, self.0].into_iter().enumerate() {
                for bit in 0..8 {
                    bitmap.set(x, band as u32 * 8 + bit, byte >> (7 - bit) & 1 == 1);
                }
            }
        }
        Some(bitmap)
    }
}

proptest! {
    #[test]
    fn no_job_holds_a_live_command(
        lines in prop::collection::vec("\\PC{0,20}|[\u{10}\u{4}\u{5}\u{14}a-z]{0,9}|[一-龥]{1,9}", 0..5),
        data in "[ -~一-龥]{1,80}",
        first in prop::sample::select(vec![0x10u8, 0x04, 0x05, 0x14]),
        second in prop::sample::select(vec![0x10u8, 0x04, 0x05, 0x14]),
        profile in prop::sample::select(vec!["vkp80", "epson-tm", "generic-58mm"]),
        native in any::<bool>(),
        mm in 5u32..60,
    ) {
        let mut profile = shipped(profile);
        if !native {
            profile.qr = None;
        }
        let mut document = Document::new().qr(&data, mm);
        for (index, line) in lines.iter().enumerate() {
            document = document.pair(line, &data).text(line, Align::Right, Size::square(index as u8 + 1), index % 2 == 0);
        }
        let job = encode(&document.cut(), &profile, &Dangerous(first, second)).unwrap();
        prop_assert_eq!(command::find_live(&job.bytes()), None);
    }
}
