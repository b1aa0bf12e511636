//! A QR code as a picture, one pixel a module; the page scales it up.

use qrcode::{Color, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// The picture of that text; `None` where it is longer than a QR code holds.
pub(super) fn picture(text: &str) -> Option<Image> {
    let code = QrCode::new(text).ok()?;
    let side = u32::try_from(code.width()).ok()?;
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (pixel, colour) in buffer.make_mut_slice().iter_mut().zip(code.to_colors()) {
        let grey = if colour == Color::Dark { 0 } else { 255 };
        *pixel = Rgb8Pixel { r: grey, g: grey, b: grey };
    }
    Some(Image::from_rgb8(buffer))
}
