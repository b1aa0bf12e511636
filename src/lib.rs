//! `kiosk`: a self-service terminal for township convenience-service halls, in one binary.
//!
//! | module | what it is |
//! |---|---|
//! | [`cli`] | arguments in, exit code out; a file a command |
//! | [`wiring`] | puts the parts together; the only place that names concrete adapters |
//! | [`screen`] | scenes to pages, touches to acts; the only place that names the toolkit |
//! | [`engine`] | the one thread that owns the truth |
//! | [`uplink`] | the way up to the provincial platform |
//! | [`voice`] | scenes to what is heard: recordings, the synthesised voice, tones |
//! | [`visit`] | what a resident goes through: pure machines |
//! | [`service`] | what a technician goes through: the service menu, a pure machine |
//! | [`desk`] | what the hall decides and records: rules, each verb one transaction |
//! | [`peripherals`] | devices in the kiosk's words, over the crates in `drivers/` |
//! | [`store`] | SQLite: rows, migrations, encryption, outbox |
//! | [`domain`] | the words of the trade as values |
//! | [`config`], [`words`] | the site's configuration, the language files |
//! | [`secret_file`] | files that hold a key: read, kept from others, written |
//! | [`control`], [`signals`], [`logging`] | control socket, signals, log |
//! | [`sandbox`] | the platform's double, a real server |
//!
//! The law: arrows point one way, `cli → wiring → screen, voice, control, uplink, engine → visit, service, desk,
//! peripherals → store → domain`; a test reads the `use` lines and keeps it. Drivers know nothing of the kiosk.

pub mod cli;
pub mod config;
pub mod control;
pub mod desk;
pub mod domain;
pub mod engine;
pub mod logging;
pub mod peripherals;
pub mod sandbox;
pub mod screen;
pub mod secret_file;
pub mod service;
pub mod signals;
pub mod store;
pub mod uplink;
pub mod visit;
pub mod voice;
pub mod wiring;
pub mod words;
