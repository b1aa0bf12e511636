//! Draws the pages with sample data into PNG files, without a display.
//!
//! `cargo run -p kiosk-ui --example preview -- DIR [WORD…]` draws the pictures whose name holds
//! every word: `preview /tmp/p confirm zh-portrait`. Names are PAGE-LANGUAGE-SHAPE-MODE. The word
//! `--time` prints how long a full redraw took instead. The residents in it are made up.
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use kiosk_ui::*;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, WindowEvent};
use slint::{Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, SharedString, VecModel};

#[path = "preview/samples.rs"]
mod samples;

struct Still {
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
}

impl Platform for Still {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        Ok(self.window.clone())
    }
    fn duration_since_start(&self) -> Duration {
        self.now.get()
    }
}

/// A screen: its name in file names, pixels, and the scale factor that gives design px.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    width: u32,
    height: u32,
    scale: f32,
}

const SHAPES: [Shape; 3] = [
    Shape { name: "portrait", width: 1080, height: 1920, scale: 1.0 },
    Shape { name: "landscape", width: 1920, height: 1080, scale: 1.0 },
    Shape { name: "small", width: 1280, height: 800, scale: 2.0 / 3.0 },
];

#[derive(Clone, Copy)]
struct Mode {
    name: &'static str,
    elder: bool,
    contrast: bool,
}

const MODES: [Mode; 4] = [
    Mode { name: "normal", elder: false, contrast: false },
    Mode { name: "elder", elder: true, contrast: false },
    Mode { name: "contrast", elder: false, contrast: true },
    Mode { name: "both", elder: true, contrast: true },
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: preview DIR [WORD…]")?);
    let (flags, wanted): (Vec<String>, Vec<String>) = arguments.partition(|word| word.starts_with("--"));
    let timed = flags.iter().any(|flag| flag == "--time");
    std::fs::create_dir_all(&folder)?;

    let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
    let now = Rc::new(Cell::new(Duration::ZERO));
    slint::platform::set_platform(Box::new(Still { window: window.clone(), now: now.clone() }))
        .map_err(|error| error.to_string())?;
    let app = App::new()?;
    pictures::install(&app);
    let words = samples::Language::load()?;
    app.global::<Words>().on_t({
        let words = words.clone();
        move |key, language| words.say(&language, &key).into()
    });
    app.show()?;

    for (language, shape, mode) in every_look() {
        for scene in samples::SCENES {
            let name = format!("{scene}-{language}-{}-{}", shape.name, mode.name);
            let parts = format!("-{name}-");
            if !wanted.iter().all(|word| parts.contains(&format!("-{word}-"))) {
                continue;
            }
            window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: shape.scale });
            window.set_size(slint::PhysicalSize::new(shape.width, shape.height));
            app.global::<Pictures>().set_scale(shape.scale);
            app.global::<Words>().set_language(language.into());
            let shell = app.global::<Shell>();
            shell.set_elder(mode.elder);
            shell.set_contrast(mode.contrast);
            samples::fill(&app, &words, language, mode.elder);
            samples::scene(&app, &words, language, mode.elder, scene);
            for _ in 0..3 {
                now.set(now.get() + Duration::from_millis(10));
                slint::platform::update_timers_and_animations();
            }
            if timed {
                time(&window, &name, shape);
            } else {
                draw(&window, &folder.join(format!("{name}.png")), shape)?;
                println!("{name}");
            }
        }
    }
    Ok(())
}

fn every_look() -> Vec<(&'static str, Shape, Mode)> {
    let mut looks = Vec::new();
    for language in ["zh", "en"] {
        for shape in SHAPES {
            looks.extend(MODES.map(|mode| (language, shape, mode)));
        }
    }
    looks
}

fn draw(window: &MinimalSoftwareWindow, path: &Path, shape: Shape) -> Result<(), Box<dyn std::error::Error>> {
    let Shape { width, height, .. } = shape;
    let mut pixels = vec![Rgb8Pixel::default(); (width * height) as usize];
    window.request_redraw();
    window.draw_if_needed(|renderer| {
        renderer.render(&mut pixels, width as usize);
    });
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(std::fs::File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let bytes: Vec<u8> = pixels.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch of this tool alone")]
fn time(window: &MinimalSoftwareWindow, name: &str, shape: Shape) {
    let Shape { width, height, .. } = shape;
    let mut pixels = vec![Rgb8Pixel::default(); (width * height) as usize];
    let mut spent = Vec::new();
    for _ in 0..20 {
        window.request_redraw();
        let start = Instant::now();
        window.draw_if_needed(|renderer| {
            renderer.render(&mut pixels, width as usize);
        });
        spent.push(start.elapsed());
    }
    spent.sort();
    // On a busy machine only the best one tells what the drawing itself takes.
    println!(
        "{name}: best {:?}, median {:?}, worst {:?}",
        spent[0],
        spent[spent.len() / 2],
        spent[spent.len() - 1]
    );
}

/// A model of these rows.
fn rows<T: Clone + 'static>(rows: impl IntoIterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from_iter(rows))
}

/// The QR of a made-up ticket, four pixels a module.
fn qr(text: &str) -> Image {
    let Ok(code) = qrcode::QrCode::new(text) else { return Image::default() };
    let side = code.width();
    let dark = code.to_colors();
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    for (pixel, colour) in buffer.make_mut_slice().iter_mut().zip(dark) {
        let grey = if colour == qrcode::Color::Dark { 0 } else { 255 };
        *pixel = Rgb8Pixel { r: grey, g: grey, b: grey };
    }
    Image::from_rgb8(buffer)
}

fn text(value: impl Into<SharedString>) -> SharedString {
    value.into()
}
