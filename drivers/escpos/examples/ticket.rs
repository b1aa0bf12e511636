//! Writes a sample ticket's bytes for a printer to standard output, to try a profile at a real printer:
//!
//! ```sh
//! cargo run -p kiosk-escpos --example ticket -- assets/printers/vkp80.toml > /dev/usb/lp0
//! ```

use std::io::Write;

use kiosk_escpos::{Align, Document, NoGlyphs, Profile, Size, encode};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a printer profile: assets/printers/….toml")?;
    let profile: Profile = std::fs::read_to_string(path)?.parse()?;
    let ticket = Document::new()
        .centred("便民服务中心")
        .text("A023", Align::Centre, Size::square(6), true)
        .text("社会保障", Align::Centre, Size::square(2), true)
        .rule()
        .pair("前面还有", "5 人")
        .pair("请到", "1、2、3 号窗口")
        .rule()
        .qr("https://example.invalid/t/A023", 25)
        .centred("这是一张试打的号票")
        .cut();
    let job = encode(&ticket, &profile, &NoGlyphs)?;
    std::io::stdout().write_all(&job.bytes())?;
    eprintln!("{}: {} bytes", profile.name, job.bytes().len());
    Ok(())
}
