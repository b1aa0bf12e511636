//! The devices as the kiosk needs them: what they are asked, what they tell, and who keeps them alive.
//!
//! Drivers know bytes; the engine knows residents and tickets. Here, and nowhere else, one is put into the words of
//! the other. Each device has one thread, which alone touches its port.

mod card;
pub mod glyphs;
mod news;
pub mod printer_profiles;
pub mod reader;
pub mod roll_printer;
pub mod supervisor;
mod test_slip;
pub mod ticket_layout;
mod ticket_paper;

pub use news::{JobId, PrinterNews, ReaderNews};
pub use test_slip::TestSlip;
pub use ticket_layout::HOTLINE;
pub use ticket_paper::TicketPaper;
