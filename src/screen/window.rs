//! The window on a real display: X11 on a desktop, the whole screen by KMS on a terminal.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kiosk_ui::{App, Pictures, Shell, Words};
use slint::platform::WindowEvent;
use slint::{ComponentHandle, PhysicalSize};
use x11rb::connection::Connection;

use super::{Tell, bind, show};
use crate::engine::Input;
use crate::engine::scene::Scene;
use crate::words::Words as Texts;

/// Which way the screen stands, and how large a window on a desktop begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The whole screen; the pages stand as the screen stands, and the log says where that is not as configured.
    WholeScreen {
        /// Whether it is to stand upright.
        upright: bool,
    },
    /// A window of that many pixels.
    Window {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// The pages are designed for a screen whose sides are these, either way round.
const DESIGN: (f32, f32) = (1080.0, 1920.0);

/// Pixels of the screen for one of the design: the whole design fits, spare room widens its gaps.
#[must_use]
fn scale(size: PhysicalSize) -> f32 {
    let (width, height) = (size.width.max(1) as f32, size.height.max(1) as f32);
    let (short, long) = if width < height { (width, height) } else { (height, width) };
    (short / DESIGN.0).min(long / DESIGN.1)
}

/// The terminal's window.
pub struct Window {
    app: App,
    words: Arc<Texts>,
    site_name: String,
}

impl Window {
    /// Makes the window; nothing is shown before [`Window::run`].
    ///
    /// # Errors
    /// [`WindowError::NoDisplay`] where there is no display to show it on.
    pub fn open(
        shape: Shape,
        words: Arc<Texts>,
        site_name: &str,
        tell: impl Fn(Input) + 'static,
    ) -> Result<Self, WindowError> {
        let no_display = |error: slint::PlatformError| WindowError::NoDisplay(first_line(&error));
        let app = App::new().map_err(no_display)?;
        // Assistive technology finds the program by this name; a backend without windows has no use for it.
        if let Err(error) = slint::set_xdg_app_id("kiosk") {
            log::debug!("no application name: {error}");
        }
        let tell: Tell = Rc::new(tell);
        bind(&app, &words, &tell);
        match shape {
            Shape::WholeScreen { upright } => {
                app.window().set_fullscreen(true);
                // Without a window manager nobody obeys the wish above; then the window is as large as it asks to be.
                if let Some(size) = x11_screen() {
                    app.window().set_size(size);
                    if (size.width < size.height) != upright {
                        log::warn!(
                            "the screen has {}×{} pixels, which is not as [terminal] orientation says: turn it (xrandr)",
                            size.width,
                            size.height
                        );
                    }
                }
            }
            Shape::Window { width, height } => app.window().set_size(PhysicalSize { width, height }),
        }
        let weak = app.as_weak();
        app.global::<Shell>().on_resized(move || {
            // Not at once: the toolkit is in the midst of laying out at the former scale.
            let weak = weak.clone();
            slint::Timer::single_shot(std::time::Duration::ZERO, move || {
                if let Some(app) = weak.upgrade() {
                    fit(&app);
                }
            });
        });
        Ok(Self { app, words, site_name: site_name.to_owned() })
    }

    /// What shows a scene from another thread; scenes for a closed window are dropped.
    #[must_use]
    pub fn shower(&self) -> Box<dyn FnMut(Box<Scene>) + Send> {
        let weak = self.app.as_weak();
        let words = Arc::clone(&self.words);
        let site_name = self.site_name.clone();
        Box::new(move |scene| {
            let (words, site_name) = (Arc::clone(&words), site_name.clone());
            let shown = weak.upgrade_in_event_loop(move |app| show(&app, &words, &site_name, &scene));
            if let Err(error) = shown {
                log::debug!("the window is gone: {error}");
            }
        })
    }

    /// Shows the window until it is closed or [`quit`] is called; not at all where `ended` was raised before.
    ///
    /// # Errors
    /// Where the display goes away.
    pub fn run(&self, ended: &Arc<AtomicBool>) -> Result<(), WindowError> {
        if ended.load(Ordering::Acquire) {
            return Ok(());
        }
        let raised = Arc::clone(ended);
        slint::Timer::single_shot(std::time::Duration::ZERO, move || {
            if raised.load(Ordering::Acquire) {
                quit();
            }
        });
        self.app.show().map_err(|error| WindowError::NoDisplay(first_line(&error)))?;
        fit(&self.app);
        slint::run_event_loop().map_err(|error| WindowError::Lost(error.to_string()))
    }
}

impl std::fmt::Debug for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Window")
    }
}

/// Ends [`Window::run`] from any thread.
pub fn quit() {
    if let Err(error) = slint::quit_event_loop() {
        log::debug!("the window had ended: {error}");
    }
}

/// The toolkit tells all that it tried, line by line; the rest is for the log.
fn first_line(error: &slint::PlatformError) -> String {
    let text = error.to_string();
    log::debug!("no display: {text}");
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Sets the scale factor by the window's size.
pub(super) fn fit(app: &App) {
    let window = app.window();
    let size = window.size();
    let factor = scale(size);
    if size.width == 0 || size.height == 0 || (window.scale_factor() - factor).abs() < 0.001 {
        return;
    }
    let fitted =
        window.dispatch_event_with_result(WindowEvent::ScaleFactorChanged { scale_factor: factor }).and_then(
            |_| window.dispatch_event_with_result(WindowEvent::Resized { size: size.to_logical(factor) }),
        );
    if let Err(error) = fitted {
        log::warn!("the window's scale can't be set: {error}");
    }
    app.global::<Pictures>().set_scale(factor);
    lay_texts_anew(app);
}

/// The toolkit may keep the layout that a text had at the former scale: each text is told to be laid out once more.
fn lay_texts_anew(app: &App) {
    let (words, shell) = (app.global::<Words>(), app.global::<Shell>());
    let (language, site_name) = (words.get_language(), shell.get_site_name());
    words.set_language("".into());
    words.set_language(language);
    shell.set_site_name("".into());
    shell.set_site_name(site_name);
}

/// The size of the X server's screen; `None` where there is no X server.
fn x11_screen() -> Option<PhysicalSize> {
    let (connection, screen) = x11rb::rust_connection::RustConnection::connect(None).ok()?;
    let screen = connection.setup().roots.get(screen)?;
    Some(PhysicalSize { width: screen.width_in_pixels.into(), height: screen.height_in_pixels.into() })
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// Neither an X server nor a screen of its own.
    #[error("no display: {0}")]
    NoDisplay(String),
    /// It went away.
    #[error("the display went away: {0}")]
    Lost(String),
}

impl WindowError {
    /// The technician's next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoDisplay(_) => {
                "start it on a desktop (DISPLAY), or on a text console as a user who may use /dev/dri and /dev/input"
            }
            Self::Lost(_) => "start the X server again, or look why the screen was taken away",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_design_fits_every_screen() {
        for (width, height, expected) in [
            (1080, 1920, 1.0),
            (1920, 1080, 1.0),
            (1280, 800, 2.0 / 3.0),
            (540, 960, 0.5),
            (2160, 3840, 2.0),
            (800, 1280, 2.0 / 3.0),
        ] {
            let factor = scale(PhysicalSize { width, height });
            assert!((factor - expected).abs() < 1e-5, "{width}×{height}: {factor}");
        }
        assert!(scale(PhysicalSize { width: 0, height: 0 }) > 0.0);
    }
}
