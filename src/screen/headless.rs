//! The pages without a display: drawn into memory, for pictures and for tests.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use kiosk_ui::App;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, PlatformError};

use super::window::fit;
use super::{Tell, bind, show};
use crate::engine::Input;
use crate::engine::scene::Scene;
use crate::words::Words;

/// The one window of a thread, and the toolkit's clock.
struct Still {
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
}

impl Platform for Still {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.now.get()
    }
}

/// Pages in memory. One a thread, since the toolkit has one platform.
pub struct Headless {
    app: App,
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
    words: Arc<Words>,
    site_name: String,
    size: PhysicalSize,
}

impl Headless {
    /// Makes the pages at that size.
    ///
    /// # Errors
    /// Where this thread has a platform already, or the toolkit refuses.
    pub fn open(
        size: (u32, u32),
        words: Arc<Words>,
        site_name: &str,
        tell: impl Fn(Input) + 'static,
    ) -> Result<Self, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        let now = Rc::new(Cell::new(Duration::ZERO));
        slint::platform::set_platform(Box::new(Still { window: window.clone(), now: now.clone() }))
            .map_err(|error| PlatformError::Other(error.to_string()))?;
        let app = App::new()?;
        let tell: Tell = Rc::new(tell);
        bind(&app, &words, &tell);
        app.show()?;
        let nothing = PhysicalSize { width: 0, height: 0 };
        let mut pages = Self { app, window, now, words, site_name: site_name.to_owned(), size: nothing };
        pages.resize(size);
        Ok(pages)
    }

    /// Gives the pages another size.
    pub fn resize(&mut self, size: (u32, u32)) {
        self.size = PhysicalSize { width: size.0, height: size.1 };
        self.window.set_size(self.size);
        self.pass(Duration::from_millis(20));
        fit(&self.app);
        self.pass(Duration::from_millis(20));
    }

    /// The pages, for whoever looks for controls by their names.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Shows a scene.
    pub fn show(&self, scene: &Scene) {
        show(&self.app, &self.words, &self.site_name, scene);
        self.pass(Duration::from_millis(20));
    }

    /// Lets the toolkit's time pass.
    pub fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
        slint::platform::update_timers_and_animations();
    }

    /// A finger down and up at that place, in design px.
    pub fn touch(&self, x: f32, y: f32) {
        self.press(x, y);
        self.pass(Duration::from_millis(60));
        self.release(x, y);
    }

    /// A finger down at that place, in design px.
    pub fn press(&self, x: f32, y: f32) {
        let position = LogicalPosition { x, y };
        self.window
            .dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
    }

    /// The finger up again.
    pub fn release(&self, x: f32, y: f32) {
        let position = LogicalPosition { x, y };
        self.window
            .dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
        self.window.dispatch_event(WindowEvent::PointerExited);
    }

    /// The picture now, three bytes a pixel, row after row.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let (width, height) = (self.size.width, self.size.height);
        Picture { width, height, rgb: kiosk_raster::draw(&self.window, width, height) }
    }
}

impl std::fmt::Debug for Headless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Headless({}×{})", self.size.width, self.size.height)
    }
}

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Three bytes a pixel.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Writes it as PNG.
    ///
    /// # Errors
    /// Where the file can't be written.
    pub fn save(&self, file: &Path) -> std::io::Result<()> {
        save(file, self.width, self.height, png::ColorType::Rgb, &self.rgb)
    }
}

/// Writes pixels as PNG.
///
/// # Errors
/// Where the file can't be written.
pub fn save(
    file: &Path,
    width: u32,
    height: u32,
    colour: png::ColorType,
    pixels: &[u8],
) -> std::io::Result<()> {
    let out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(colour);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}
