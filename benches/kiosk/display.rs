//! A display in memory: the terminal's real window is shown on it, and its drawing is timed.
//!
//! Pixels are of 32 bits as on the terminal's own screen, and a drawing is the renderer's work alone: nothing is
//! allocated or copied inside the time that is taken.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use kiosk_link::clock::Clock;
use slint::platform::software_renderer::{
    MinimalSoftwareWindow, PremultipliedRgbaColor, RepaintBufferType, TargetPixel,
};
use slint::platform::{EventLoopProxy, Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{EventLoopError, LogicalPosition, PhysicalSize, PlatformError};

use super::Outcome;

/// The screen of the design.
pub(crate) const WIDTH: u32 = 1080;
/// See [`WIDTH`].
pub(crate) const HEIGHT: u32 = 1920;

type Call = Box<dyn FnOnce() + Send>;

/// The one display of this process.
pub(crate) struct Display {
    calls: Receiver<Call>,
    newest: Rc<RefCell<Option<Rc<MinimalSoftwareWindow>>>>,
}

impl Display {
    /// Makes it the toolkit's platform, once a process.
    pub(crate) fn install() -> Outcome<Self> {
        let (sender, calls) = channel();
        let newest = Rc::new(RefCell::new(None));
        let memory = Memory { sender, newest: Rc::clone(&newest), clock: Clock::start() };
        slint::platform::set_platform(Box::new(memory)).map_err(|error| error.to_string())?;
        Ok(Self { calls, newest })
    }

    /// The window that was made last, at the design's size.
    pub(crate) fn screen(&self) -> Outcome<Screen> {
        let window = self.newest.borrow().clone().ok_or("no window was made")?;
        window.set_size(PhysicalSize { width: WIDTH, height: HEIGHT });
        let pixels = RefCell::new(vec![Dot(0); WIDTH as usize * HEIGHT as usize]);
        Ok(Screen { window, pixels, drawn: Cell::new(0) })
    }

    /// Does what other threads asked the toolkit to do, waiting up to `within` for the first; whether there was any.
    pub(crate) fn serve(&self, within: Duration) -> bool {
        let Ok(first) = self.calls.recv_timeout(within) else { return false };
        first();
        self.calls.try_iter().for_each(|call| call());
        true
    }
}

/// A window and its pixels.
pub(crate) struct Screen {
    window: Rc<MinimalSoftwareWindow>,
    pixels: RefCell<Vec<Dot>>,
    drawn: Cell<u64>,
}

impl Screen {
    /// Lets timers and animations do what is due.
    pub(crate) fn settle(&self) {
        slint::platform::update_timers_and_animations();
    }

    /// Draws every pixel anew, whatever changed; how long it took.
    pub(crate) fn redraw(&self) -> Duration {
        self.window.request_redraw();
        self.draw(RepaintBufferType::NewBuffer).unwrap_or_default()
    }

    /// Begins to keep what is drawn, so that [`Screen::refresh`] draws changes alone.
    pub(crate) fn keep(&self) {
        self.window.request_redraw();
        self.draw(RepaintBufferType::ReusedBuffer);
    }

    /// Draws what changed; how long it took and how many pixels it was, `None` where nothing changed.
    pub(crate) fn refresh(&self) -> Option<(Duration, u64)> {
        let took = self.draw(RepaintBufferType::ReusedBuffer)?;
        (self.drawn.get() > 0).then(|| (took, self.drawn.get()))
    }

    /// A finger comes down there, or goes up again.
    pub(crate) fn touch(&self, x: u16, y: u16, down: bool) {
        let position = LogicalPosition { x: x.into(), y: y.into() };
        let button = PointerEventButton::Left;
        if down {
            self.window.dispatch_event(WindowEvent::PointerPressed { position, button });
        } else {
            self.window.dispatch_event(WindowEvent::PointerReleased { position, button });
            self.window.dispatch_event(WindowEvent::PointerExited);
        }
    }

    fn draw(&self, buffer: RepaintBufferType) -> Option<Duration> {
        let mut took = None;
        self.window.draw_if_needed(|renderer| {
            renderer.set_repaint_buffer_type(buffer);
            let pixels = &mut *self.pixels.borrow_mut();
            let clock = Clock::start();
            let region = renderer.render(pixels, WIDTH as usize);
            took = Some(clock.elapsed());
            let area = region.iter().map(|(_, size)| u64::from(size.width) * u64::from(size.height));
            self.drawn.set(area.sum());
        });
        took
    }
}

/// The toolkit's view of the display.
struct Memory {
    sender: Sender<Call>,
    newest: Rc<RefCell<Option<Rc<MinimalSoftwareWindow>>>>,
    clock: Clock,
}

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        *self.newest.borrow_mut() = Some(Rc::clone(&window));
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Ends at once: whoever measures serves the window by [`Display::serve`].
    fn run_event_loop(&self) -> Result<(), PlatformError> {
        Ok(())
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy(self.sender.clone())))
    }
}

struct Proxy(Sender<Call>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        Ok(())
    }

    fn invoke_from_event_loop(&self, event: Call) -> Result<(), EventLoopError> {
        self.0.send(event).map_err(|_| EventLoopError::EventLoopTerminated)
    }
}

/// A pixel as the window system takes it: alpha, red, green, blue.
#[derive(Clone, Copy)]
struct Dot(u32);

impl TargetPixel for Dot {
    fn blend(&mut self, colour: PremultipliedRgbaColor) {
        let [alpha, red, green, blue] = self.0.to_be_bytes();
        let mut mixed = PremultipliedRgbaColor { red, green, blue, alpha };
        mixed.blend(colour);
        self.0 = u32::from_be_bytes([mixed.alpha, mixed.red, mixed.green, mixed.blue]);
    }

    fn from_rgb(red: u8, green: u8, blue: u8) -> Self {
        Self(u32::from_be_bytes([0xFF, red, green, blue]))
    }

    fn background() -> Self {
        Self(0)
    }
}
