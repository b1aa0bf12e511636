//! Icons and pictures, drawn once for each size and kept.
//!
//! The software renderer draws an SVG anew at every repaint; a page has a dozen of them and the sky
//! alone costs more than the whole page is allowed. So the pages ask for finished pixels. A name
//! that nobody drew gives an empty image: a missing ornament must never stop a terminal.
use std::cell::RefCell;
use std::collections::HashMap;

use slint::{ComponentHandle as _, Image, Rgb8Pixel, SharedPixelBuffer};

include!(concat!(env!("OUT_DIR"), "/drawings.rs"));

/// Below this many design px an icon's stroke is 2 of its 24 units, from here on 1.75.
const FINE_FROM: f32 = 60.0;

/// Lets the pages of `app` draw their icons and pictures.
///
/// `Pictures.scale` must be the window's scale factor, or they are drawn too small or too large.
pub fn install(app: &crate::App) {
    let drawn = RefCell::new(HashMap::<(String, u32, u32), Image>::new());
    app.global::<crate::Pictures>().on_draw(move |name, width, height, scale| {
        let (wide, high) = (pixels(width, scale), pixels(height, scale));
        if wide == 0 || high == 0 {
            return Image::default();
        }
        let key = (name.to_string(), wide, high);
        if let Some(image) = drawn.borrow().get(&key) {
            return image.clone();
        }
        let image = draw(&name, wide, high, width >= FINE_FROM);
        drawn.borrow_mut().insert(key, image.clone());
        image
    });
}

/// Whether `name` is an icon or a picture that can be drawn.
pub fn exists(name: &str) -> bool {
    find(name).is_some()
}

fn pixels(design: f32, scale: f32) -> u32 {
    let exact = (design * scale).round();
    if exact.is_finite() && (0.0..=8192.0).contains(&exact) { exact as u32 } else { 0 }
}

fn draw(name: &str, wide: u32, high: u32, fine: bool) -> Image {
    let Some(svg) = find(name) else { return Image::default() };
    let svg = sized(svg, wide, high, fine);
    let Some(buffer) =
        Image::load_from_svg_data(svg.as_bytes()).ok().and_then(|image| image.to_rgba8_premultiplied())
    else {
        return Image::default();
    };
    // Without a see-through pixel it needs no blending when it is copied to the screen.
    if buffer.as_slice().iter().all(|pixel| pixel.a == u8::MAX) {
        let opaque: Vec<Rgb8Pixel> =
            buffer.as_slice().iter().map(|pixel| Rgb8Pixel { r: pixel.r, g: pixel.g, b: pixel.b }).collect();
        let mut plain = SharedPixelBuffer::<Rgb8Pixel>::new(buffer.width(), buffer.height());
        plain.make_mut_slice().copy_from_slice(&opaque);
        return Image::from_rgb8(plain);
    }
    Image::from_rgba8_premultiplied(buffer)
}

fn find(name: &str) -> Option<&'static str> {
    DRAWINGS.iter().find(|(known, _)| *known == name).map(|(_, svg)| *svg)
}

/// The SVG with its own width and height set to those wanted, so that it is rendered at that size;
/// `viewBox` keeps its shape.
fn sized(svg: &str, wide: u32, high: u32, fine: bool) -> String {
    let Some(end) = svg.find('>') else { return svg.to_owned() };
    let (head, rest) = svg.split_at(end);
    let head = replace_attribute(head, "width", &wide.to_string());
    let head = replace_attribute(&head, "height", &high.to_string());
    let head = if fine { head.replace("stroke-width=\"2\"", "stroke-width=\"1.75\"") } else { head };
    head + rest
}

/// Replaces the value of ` name="…"` in a start tag; leaves the tag as it is where there is none.
fn replace_attribute(tag: &str, name: &str, value: &str) -> String {
    for lead in [" ", "\n", "\t"] {
        let open = format!("{lead}{name}=\"");
        if let Some(start) = tag.find(&open) {
            let from = start + open.len();
            if let Some(length) = tag.get(from..).and_then(|after| after.find('"')) {
                let (before, after) = (tag.get(..from), tag.get(from + length..));
                if let (Some(before), Some(after)) = (before, after) {
                    return format!("{before}{value}{after}");
                }
            }
        }
    }
    tag.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_takes_the_size_it_is_given() {
        for (name, svg) in DRAWINGS {
            let image = Image::load_from_svg_data(sized(svg, 30, 20, true).as_bytes()).expect(name);
            assert_eq!((image.size().width, image.size().height), (30, 20), "{name}");
        }
    }

    #[test]
    fn only_the_attribute_itself_is_replaced() {
        let tag = "<svg stroke-width=\"2\" width=\"24\"";
        assert_eq!(replace_attribute(tag, "width", "9"), "<svg stroke-width=\"2\" width=\"9\"");
        assert_eq!(replace_attribute("<svg", "width", "9"), "<svg");
    }

    #[test]
    fn a_large_icon_has_a_finer_stroke() {
        let svg = "<svg width=\"24\" stroke-width=\"2\"><path stroke-width=\"2\"/></svg>";
        assert!(sized(svg, 68, 68, true).starts_with("<svg width=\"68\" stroke-width=\"1.75\""));
        assert!(sized(svg, 48, 48, false).contains("stroke-width=\"2\""));
    }

    #[test]
    fn sizes_outside_any_screen_draw_nothing() {
        assert_eq!(pixels(f32::NAN, 1.0), 0);
        assert_eq!(pixels(-4.0, 1.0), 0);
        assert_eq!(pixels(1e9, 1.0), 0);
        assert_eq!(pixels(68.0, 2.0 / 3.0), 45);
    }
}
