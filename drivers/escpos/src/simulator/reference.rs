//! The paper by which bytes are counted, printers compared and encodings checked.

use crate::document::{Align, Document, Size};

/// Seven lines of text, a QR code of a 50-character address, and a cut.
#[must_use]
pub fn reference_paper() -> Document {
    Document::new()
        .centred("剑阁县普安镇便民服务中心")
        .text("A023", Align::Centre, Size::square(6), false)
        .text("社会保障", Align::Centre, Size::square(2), false)
        .centred("前面还有 5 人")
        .centred("大约要等 15-25 分钟")
        .centred("请到 1、2、3 号窗口")
        .centred("2026-11-24 10:24")
        .qr("https://example.invalid/t/510823101000/2026-11-24A", 25)
        .cut()
}
