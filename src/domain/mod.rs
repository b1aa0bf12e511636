//! The words of the trade as values: class, window, ticket, resident, priority, event, business day.
//!
//! No I/O, no clock, no randomness, and no other module of this crate: everything else may name the
//! domain, the domain names nobody.

pub mod chance;
pub mod class;
pub mod device;
pub mod event;
pub mod hours;
pub mod id_number;
pub mod ids;
pub mod mask;
pub mod pin;
pub mod priority;
pub mod resident;
pub mod ticket;
pub mod time;
pub mod window;
pub mod wish;
