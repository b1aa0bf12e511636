//! The pages of the terminal, compiled from `app.slint`.
//!
//! A crate of its own so that a change of rules never compiles the pages again. It holds no logic:
//! the crate `kiosk` fills the adapter globals and listens to their callbacks. Beside the pages it
//! holds only the drawing of their icons, see [`pictures`].
pub mod pictures;

#[expect(clippy::all, clippy::restriction, reason = "written by the Slint compiler")]
mod pages {
    slint::include_modules!();
}
pub use pages::*;
