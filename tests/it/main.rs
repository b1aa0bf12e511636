//! The real binary from outside: command line, simulated devices on pseudo-terminals, the sandbox platform over HTTP,
//! and the window driven by accessible names as assistive technology drives it.
//!
//! | module | what it is |
//! |---|---|
//! | `child` | one process: its lines in and out, its end, never left behind |
//! | `site` | a site of its own for a test: folder, `site.toml`, keys |
//! | `devices` | `kiosk simulate`: the reader and the printer |
//! | `platform` | `kiosk sandbox`: its events and faults |
//! | `desktop` | a display, a session bus and the hand that presses buttons |
//! | `terminal` | `kiosk run` amid all of them |
//! | `bench`, `books` | a printer whose papers are seen; rows, papers and events compared |
//! | `kill` | kill -9 at random instants, over and over |
//! | `papers` | a printed paper as a person reads it |
//! | the others | what is tried |
//!
//! The window's tests need Debian's xvfb, dbus, at-spi2-core and python3-pyatspi. Each test has a folder, ports and a
//! display of its own, so that they run side by side. Nothing sleeps for a guess: waits end with what they wait for.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says where")]

mod bench;
mod books;
mod check;
mod child;
mod command_line;
mod configuration;
mod demo;
mod desktop;
mod devices;
mod devices_fail;
mod ends;
mod faults_at_steps;
mod keys;
mod kill;
mod out_of_service;
mod outbox;
#[path = "../sim/papers.rs"]
mod papers;
mod platform;
mod platform_fails;
mod receipt_printer;
mod service;
mod simulate;
mod site;
mod sound;
mod take_number;
mod terminal;
mod walk;
