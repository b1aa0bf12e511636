//! Draws a window of the toolkit into memory, and makes pictures small.
//!
//! A crate of its own for one reason: the renderer's loops are compiled where they are called with a kind of pixel, and
//! in a crate that is not optimised a page takes thirty times as long. The profile for development optimises this one.

use slint::platform::software_renderer::MinimalSoftwareWindow;
use slint::{Rgb8Pixel, SharedPixelBuffer};

/// Draws all of the window, three bytes a pixel, row after row.
#[must_use]
pub fn draw(window: &MinimalSoftwareWindow, width: u32, height: u32) -> Vec<u8> {
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    window.request_redraw();
    window.draw_if_needed(|renderer| {
        renderer.render(pixels.make_mut_slice(), width as usize);
    });
    pixels.as_bytes().to_vec()
}

/// Makes each square of `by` × `by` pixels one, their mean; what is left over at the right and below is dropped.
#[must_use]
pub fn shrink(rgb: &[u8], width: usize, by: usize) -> Vec<u8> {
    let row = width * 3;
    if row == 0 || by == 0 {
        return Vec::new();
    }
    let mut small = Vec::with_capacity(rgb.len() / (by * by));
    for rows in rgb.chunks_exact(row * by) {
        let mut sums = vec![0_u32; width / by * 3];
        for row in rows.chunks_exact(row) {
            for (sum, square) in sums.chunks_exact_mut(3).zip(row.chunks_exact(3 * by)) {
                for pixel in square.chunks_exact(3) {
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*channel);
                    }
                }
            }
        }
        let pixels = (by * by) as u32;
        small.extend(sums.iter().map(|sum| (sum / pixels) as u8));
    }
    small
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn a_square_becomes_its_mean() {
        let rgb = [[0, 0, 0], [40, 80, 120], [9, 9, 9], [0, 0, 0], [0, 0, 0], [9, 9, 9]].concat();
        assert_eq!(shrink(&rgb, 3, 2), [10, 20, 30]);
        assert!(shrink(&rgb, 0, 2).is_empty() && shrink(&[], 3, 2).is_empty());
    }
}
