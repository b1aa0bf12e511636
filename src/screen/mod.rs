//! The screen: scenes in, acts out. The only place that names the toolkit.
//!
//! A scene is values without words; here each page's values become the words of the language shown and go into the
//! page's adapter. One file a page, and [`shell`] for what all pages share.

mod choose_class;
mod closed;
mod confirm;
mod fault;
pub mod headless;
mod help;
mod home;
mod keypad;
mod legible;
mod live_ticket;
mod not_printed;
mod place_card;
mod printing;
mod priority;
mod qr;
mod service;
mod service_facts;
mod shell;
mod take_ticket;
mod window;
mod wording;

use std::rc::Rc;
use std::sync::Arc;

use kiosk_ui::{App, Page};
use slint::ComponentHandle;

use self::wording::Say;
use crate::engine::Input;
use crate::engine::scene::{Scene, Shown};
use crate::visit::view;
use crate::words::Words;

pub use window::{Shape, Window, WindowError, quit};

/// Where touches go.
pub type Tell = Rc<dyn Fn(Input)>;

/// Makes the pages and binds them: words, pictures and callbacks.
fn bind(app: &App, words: &Arc<Words>, tell: &Tell) {
    kiosk_ui::pictures::install(app);
    let texts = Arc::clone(words);
    app.global::<kiosk_ui::Words>().on_t(move |key, language| texts.text(&language, &key).into());
    shell::listen(app, tell);
    home::listen(app, tell);
    place_card::listen(app, tell);
    keypad::listen(app, tell);
    choose_class::listen(app, tell);
    priority::listen(app, tell);
    confirm::listen(app, tell);
    take_ticket::listen(app, tell);
    not_printed::listen(app, tell);
    live_ticket::listen(app, tell);
    closed::listen(app, tell);
    help::listen(app, tell);
    service::listen(app, words, tell);
}

/// Fills the pages from a scene.
fn show(app: &App, words: &Words, site_name: &str, scene: &Scene) {
    let say = Say { words, language: &scene.manner.language, elder: scene.manner.elder };
    shell::show(app, &say, site_name, scene);
    let page = match &scene.page {
        Shown::Home(page) => home::show(app, &say, page),
        Shown::Help => help::show(app, &say),
        Shown::Service(view) => service::show(app, &say, view),
        Shown::OutOfService(outage) => fault::show_outage(app, &say, *outage),
        Shown::Visit(page) => match page {
            view::Page::PlaceCard { reader, without_card } => {
                place_card::show(app, &say, *reader, *without_card)
            }
            view::Page::Keypad { shown, wrong, complete } => {
                keypad::show(app, &say, shown, *wrong, *complete)
            }
            view::Page::ChooseClass { classes, notice } => choose_class::show(app, &say, classes, *notice),
            view::Page::Priority { options } => priority::show(app, &say, options),
            view::Page::Confirm(summary) => confirm::show(app, &say, summary),
            view::Page::Printing { printer, .. } => printing::show(app, &say, *printer),
            view::Page::TakeTicket { ticket, from, seconds_left } => {
                take_ticket::show(app, &say, ticket, *from, *seconds_left, scene.person.is_some())
            }
            page @ view::Page::NotPrinted { .. } => not_printed::show(app, &say, page),
            view::Page::LiveTicket { ticket, can_reprint } => {
                live_ticket::show(app, &say, ticket, *can_reprint)
            }
            view::Page::Closed { next } => closed::show(app, &say, scene.clock, *next),
            view::Page::ClassFull { class } => closed::show_full(app, &say, class),
            view::Page::Trouble => fault::show(app, &say),
        },
    };
    let shell = app.global::<kiosk_ui::Shell>();
    if page == Page::Home && shell.get_page() != Page::Home {
        wipe(app);
    }
    service::enter(app, &scene.page);
    if shell.get_page() != page {
        if page == Page::ChooseClass {
            choose_class::enter(app);
        }
        shell.set_page(page);
    }
}

/// Nothing of the person who left stays on pages that are not shown.
fn wipe(app: &App) {
    keypad::clear(app);
    priority::clear(app);
    confirm::clear(app);
    not_printed::clear(app);
    take_ticket::clear(app);
    live_ticket::clear(app);
    service::clear(app);
}

#[cfg(test)]
mod tests;
