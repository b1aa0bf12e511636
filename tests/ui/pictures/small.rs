//! A picture made small: each of its pixels is the mean of a square of the screen's.
//!
//! Compared are these, since they forget how a font's version draws the edge of a stroke, and keep where a text stands
//! and whether a control is there.

use std::collections::BTreeMap;
use std::path::Path;

use kiosk::screen::headless::Picture;

/// A pixel differs where a colour channel does by more than this, of 255.
///
/// A line of the smallest text darkens its small pixels by 40 and more, the edge of a control by 33; another version of
/// the font moves them by under 20.
const PIXEL: u8 = 28;
/// In a square of so many small pixels either way …
const SQUARE: usize = 16;
/// … that many must differ before the pictures do: less than a word, an icon, or the side of a button.
const PIXELS: usize = 10;

/// A small picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Small {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Small {
    /// Nothing, in a middle grey.
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, rgb: vec![136; width * height * 3] }
    }

    /// `shrink` × `shrink` pixels become one.
    pub(super) fn of(picture: &Picture, shrink: u32) -> Self {
        let shrink = shrink as usize;
        let (width, height) = (picture.width as usize / shrink, picture.height as usize / shrink);
        let rgb = kiosk_raster::shrink(&picture.rgb, picture.width as usize, shrink);
        Self { width, height, rgb }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// Copies another one in, its left upper corner at that place.
    pub(super) fn put(&mut self, other: &Self, x: usize, y: usize) {
        for row in 0..other.height {
            let to = ((y + row) * self.width + x) * 3;
            let from = row * other.width * 3;
            self.rgb[to..to + other.width * 3].copy_from_slice(&other.rgb[from..from + other.width * 3]);
        }
    }

    /// The part of that size whose left upper corner is there.
    pub(super) fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let mut part = Self::blank(width, height);
        for row in 0..height.min(self.height.saturating_sub(y)) {
            let from = ((y + row) * self.width + x) * 3;
            if let Some(pixels) = self.rgb.get(from..from + width * 3) {
                part.rgb[row * width * 3..(row + 1) * width * 3].copy_from_slice(pixels);
            }
        }
        part
    }

    /// Where they differ; nothing where they look alike.
    pub(super) fn differs(&self, other: &Self) -> Option<String> {
        if (self.width, self.height) != (other.width, other.height) {
            return Some(format!("{}×{} became {}×{}", other.width, other.height, self.width, self.height));
        }
        let unlike: Vec<bool> = self
            .rgb
            .chunks_exact(3)
            .zip(other.rgb.chunks_exact(3))
            .map(|(a, b)| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > PIXEL))
            .collect();
        // Squares overlap by half, so that what lies across the edge of one lies within another.
        for top in (0..self.height).step_by(SQUARE / 2) {
            for left in (0..self.width).step_by(SQUARE / 2) {
                let right = self.width.min(left + SQUARE);
                let rows = unlike.chunks_exact(self.width).skip(top).take(SQUARE);
                let count: usize =
                    rows.map(|row| row[left..right].iter().filter(|unlike| **unlike).count()).sum();
                if count >= PIXELS {
                    let (x, y) = (left * 100 / self.width, top * 100 / self.height);
                    return Some(format!("at {x} % from the left, {y} % from the top"));
                }
            }
        }
        None
    }

    /// Reads a PNG file; nothing where it is none of ours.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let file = std::io::BufReader::new(std::fs::File::open(file).ok()?);
        let mut decoder = png::Decoder::new(file);
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().ok()?;
        let mut rgb = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut rgb).ok()?;
        (info.color_type == png::ColorType::Rgb).then_some(())?;
        Some(Self { width: info.width as usize, height: info.height as usize, rgb })
    }

    /// Writes it as PNG with at most 256 colours.
    pub(super) fn save(&self, file: &Path) {
        let (palette, pixels) = self.few_colours();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
        let mut encoder = png::Encoder::new(out, self.width as u32, self.height as u32);
        encoder.set_compression(png::Compression::High);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette.concat());
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    }

    /// The colours that are met most often, one of each of the 4096 regions of like colours, and for each pixel the
    /// nearest of them. Flat grounds keep theirs exactly.
    fn few_colours(&self) -> (Vec<[u8; 3]>, Vec<u8>) {
        let mut met: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        for pixel in self.rgb.chunks_exact(3) {
            *met.entry([pixel[0], pixel[1], pixel[2]]).or_default() += 1;
        }
        let mut regions: BTreeMap<[u8; 3], (usize, usize, [u8; 3])> = BTreeMap::new();
        for (colour, count) in &met {
            let (all, most, chosen) = regions.entry(colour.map(|channel| channel >> 4)).or_default();
            *all += count;
            if count > most {
                (*most, *chosen) = (*count, *colour);
            }
        }
        let mut regions: Vec<_> = regions.into_values().collect();
        regions.sort_by(|one, other| other.cmp(one));
        let palette: Vec<[u8; 3]> = regions.into_iter().take(256).map(|(_, _, colour)| colour).collect();
        let distance = |one: &[u8; 3], other: &[u8; 3]| -> u32 {
            one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
        };
        let nearest: BTreeMap<[u8; 3], u8> = met
            .into_keys()
            .map(|colour| {
                let all = palette.iter().enumerate();
                let (index, _) = all.min_by_key(|(_, known)| distance(known, &colour)).unwrap();
                (colour, index as u8)
            })
            .collect();
        let pixels = self.rgb.chunks_exact(3).map(|pixel| nearest[&[pixel[0], pixel[1], pixel[2]]]).collect();
        (palette, pixels)
    }
}

#[test]
fn a_word_or_a_moved_button_differs_and_a_grain_does_not() {
    let ground = Small { width: 64, height: 64, rgb: vec![240; 64 * 64 * 3] };
    let mark = |x: usize, y: usize, width: usize, height: usize, by: u8| {
        let mut marked = ground.clone();
        let dark = Small { width, height, rgb: vec![240 - by; width * height * 3] };
        marked.put(&dark, x, y);
        marked
    };
    // Two characters of the smallest text, and one side of a button at two places.
    assert!(mark(20, 20, 10, 4, 40).differs(&ground).is_some());
    assert!(mark(20, 20, 1, 16, 44).differs(&mark(22, 20, 1, 16, 44)).is_some());
    assert!(mark(0, 0, 64, 64, 20).differs(&ground).is_none());
    assert!(mark(20, 20, 2, 2, 90).differs(&ground).is_none());
}
