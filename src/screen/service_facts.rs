//! 维护菜单: pages that tell of one thing and say what may be done about it.

use jiff::civil::DateTime;
use kiosk_ui::{App, NoticeKind, Page, ServiceDeed, ServiceFact, ServiceFactsAdapter, ServiceShell};
use slint::{ComponentHandle, SharedString};

use super::Tell;
use super::service::state_kind;
use super::wording::{Say, hour, put};
use crate::domain::device::{Device, HealthState, PaperTrouble};
use crate::engine::Input;
use crate::service::view::{
    AboutLine, ClockLine, DeviceLine, KnownFrom, Link, OutboxLine, Page as Shown, Test, TicketLine,
};
use crate::service::{Act, printer_of};

/// What may be done on these pages, by the key of its button.
const DEEDS: [(&str, Act); 6] = [
    ("test", Act::TestPrint),
    ("reinstate", Act::Reinstate),
    ("void", Act::Void),
    ("reprint", Act::Reprint),
    ("system-time", Act::SystemTime),
    ("type-time", Act::TypeTime),
];

pub(super) fn listen(app: &App, tell: &Tell) {
    let tell = tell.clone();
    app.global::<ServiceFactsAdapter>().on_choose(move |key| {
        if let Some((_, act)) = DEEDS.into_iter().find(|(known, _)| *known == key.as_str()) {
            tell(Input::Service(act));
        }
    });
}

pub(super) fn clear(app: &App) {
    let adapter = app.global::<ServiceFactsAdapter>();
    put(adapter.get_facts(), Vec::new(), |facts| adapter.set_facts(facts));
    put(adapter.get_deeds(), Vec::new(), |deeds| adapter.set_deeds(deeds));
}

/// Whether the page was come to from a list, and leads back there.
pub(super) fn is_one_of_a_list(page: &Shown) -> bool {
    matches!(page, Shown::Device(..) | Shown::DoubtfulTicket(_) | Shown::IssuedTicket { .. })
}

/// One page, being filled.
struct Sheet<'s> {
    say: &'s Say<'s>,
    facts: Vec<ServiceFact>,
    deeds: Vec<ServiceDeed>,
}

impl<'s> Sheet<'s> {
    fn of(say: &'s Say<'s>) -> Self {
        Self { say, facts: Vec::new(), deeds: Vec::new() }
    }

    fn fact(mut self, label: &str, value: impl Into<SharedString>) -> Self {
        let value = value.into();
        let label = self.say.say(label);
        self.facts.push(ServiceFact { label, value, kind: NoticeKind::None });
        self
    }

    fn state(mut self, label: &str, value: SharedString, kind: NoticeKind) -> Self {
        let label = self.say.say(label);
        self.facts.push(ServiceFact { label, value, kind });
        self
    }

    fn deed(mut self, key: &str, title: &str, icon: &str, reason: SharedString, danger: bool) -> Self {
        let primary = self.deeds.is_empty() && !danger;
        let title = self.say.say(title);
        self.deeds.push(ServiceDeed { key: key.into(), title, reason, icon: icon.into(), primary, danger });
        self
    }

    fn put(self, app: &App, question: SharedString, hint: SharedString) -> Page {
        let shell = app.global::<ServiceShell>();
        shell.set_question(question);
        shell.set_hint(hint);
        let adapter = app.global::<ServiceFactsAdapter>();
        put(adapter.get_facts(), self.facts, |facts| adapter.set_facts(facts));
        put(adapter.get_deeds(), self.deeds, |deeds| adapter.set_deeds(deeds));
        Page::ServiceFacts
    }
}

/// Fills the page; those with a form of their own are not asked for here.
pub(super) fn show(app: &App, say: &Say<'_>, page: &Shown, terminal: &str) -> Page {
    match page {
        Shown::Device(line, test) => device(app, say, line, *test),
        Shown::DoubtfulTicket(ticket) => doubtful(app, say, ticket),
        Shown::IssuedTicket { ticket, printer, busy } => issued(app, say, ticket, *printer, *busy),
        Shown::Clock(clock) => show_clock(app, say, clock),
        Shown::Outbox(outbox) => show_outbox(app, say, outbox),
        Shown::About(about) => show_about(app, say, about, terminal),
        _ => no_pin(app, say),
    }
}

fn no_pin(app: &App, say: &Say<'_>) -> Page {
    Sheet::of(say)
        .fact("service.no-pin.where", say.say("service.no-pin.where.text"))
        .fact("service.no-pin.command", "kiosk pin set --config site.toml")
        .fact("service.no-pin.rule", say.say("service.no-pin.rule.text"))
        .put(app, say.say("service.no-pin.question"), say.say("service.no-pin.hint"))
}

fn device(app: &App, say: &Say<'_>, line: &DeviceLine, test: Option<Test>) -> Page {
    let heard = line.heard_at.map_or_else(|| say.say("service.fact.heard.never"), |at| say.at(at));
    let mut sheet = Sheet::of(say)
        .state("service.fact.state", say.state(line.state), state_kind(line.state))
        .fact("service.fact.detail", line.detail.as_str())
        .fact("service.fact.heard", heard);
    let trouble = |trouble: PaperTrouble| say.state(HealthState::Trouble(trouble));
    let (kind, text) = match test {
        None if line.device == Device::IdReader => (NoticeKind::Info, say.say("service.test.card")),
        None => (NoticeKind::None, "".into()),
        Some(Test::Printing) => (NoticeKind::Info, say.say("service.test.printing")),
        Some(Test::Printed) => (NoticeKind::Good, say.say("service.test.printed")),
        Some(Test::NotPrinted(why)) => {
            (NoticeKind::Error, say.fill("service.test.not-printed", &[&trouble(why)]))
        }
        Some(Test::Unsure(why)) => (NoticeKind::Warn, say.fill("service.test.unsure", &[&trouble(why)])),
        Some(Test::Reading) => (NoticeKind::Info, say.say("service.test.reading")),
        Some(Test::Read) => (NoticeKind::Good, say.say("service.test.read")),
        Some(Test::NotRead(why)) => {
            (NoticeKind::Warn, say.say(&format!("service.test.not-read.{}", why.code())))
        }
    };
    if printer_of(line.device).is_some() {
        let busy = if test == Some(Test::Printing) { say.say("service.test.printing") } else { "".into() };
        sheet = sheet.deed("test", "service.test.print", "printer", busy, false);
    }
    let shell = app.global::<ServiceShell>();
    if kind != NoticeKind::None {
        shell.set_notice_kind(kind);
        shell.set_notice_text(text);
    }
    sheet.put(app, say.say(&format!("service.device.{}", line.device.key())), "".into())
}

fn ticket<'s>(say: &'s Say<'s>, ticket: &TicketLine) -> Sheet<'s> {
    Sheet::of(say)
        .fact("service.ticket.class", ticket.class.as_str())
        .fact("service.ticket.taken", hour(ticket.taken_at.time()))
}

fn doubtful(app: &App, say: &Say<'_>, line: &TicketLine) -> Page {
    let why = say.why(line.why.as_deref().unwrap_or_default());
    ticket(say, line)
        .state("service.ticket.why", why, NoticeKind::Warn)
        .deed("reinstate", "service.ticket.reinstate", "check", "".into(), false)
        .deed("void", "service.ticket.void", "x", "".into(), true)
        .put(app, say.fill("service.ticket.question", &[&line.number]), say.say("service.ticket.hint"))
}

fn issued(
    app: &App,
    say: &Say<'_>,
    line: &TicketLine,
    printer: Result<(), PaperTrouble>,
    busy: bool,
) -> Page {
    let reason = match printer {
        _ if busy => say.say("service.issued.busy"),
        Ok(()) => "".into(),
        Err(trouble) => say.fill("service.issued.no-printer", &[&say.state(HealthState::Trouble(trouble))]),
    };
    ticket(say, line).deed("reprint", "service.issued.reprint", "printer", reason, false).put(
        app,
        say.fill("service.ticket.question", &[&line.number]),
        say.say("service.issued.ticket.hint"),
    )
}

fn show_clock(app: &App, say: &Say<'_>, clock: &ClockLine) -> Page {
    let platform = clock.known_from == KnownFrom::Platform;
    let known = if platform { say.say("service.clock.reason.platform") } else { "".into() };
    let system = if !platform && !clock.system_can_be {
        say.say("service.clock.reason.impossible")
    } else {
        "".into()
    };
    let from = match clock.known_from {
        KnownFrom::System => "service.clock.from.system",
        KnownFrom::Platform => "service.clock.from.platform",
        KnownFrom::Technician => "service.clock.from.technician",
        KnownFrom::Nobody => "service.clock.from.nobody",
    };
    let mut sheet = Sheet::of(say)
        .fact("service.clock.system", say.at(clock.system))
        .fact("service.clock.holds", say.at(clock.holds))
        .fact("service.clock.day", say.day(clock.day))
        .fact("service.clock.store", say.at(clock.store))
        .fact("service.clock.from", say.say(from));
    if platform {
        sheet = sheet.deed("type-time", "service.clock.type", "keyboard", known, false);
    } else {
        sheet = sheet.deed("system-time", "service.clock.use-system", "check", system, false).deed(
            "type-time",
            "service.clock.type",
            "keyboard",
            "".into(),
            false,
        );
    }
    let hint = if clock.behind { "service.clock.hint.behind" } else { "service.clock.hint.right" };
    sheet.put(app, say.say("service.clock.question"), say.say(hint))
}

fn show_outbox(app: &App, say: &Say<'_>, outbox: &OutboxLine) -> Page {
    let count = |events: u64| match events {
        0 => say.say("service.outbox.none"),
        events => say.fill("service.outbox.count", &[&events.to_string()]),
    };
    let (link, kind, why) = match &outbox.link {
        Link::None => ("none", NoticeKind::None, None),
        Link::Untried => ("untried", NoticeKind::Warn, None),
        Link::Online => ("online", NoticeKind::Good, None),
        Link::Offline(why) => ("offline", NoticeKind::Error, Some(why.as_str())),
    };
    let mut sheet = Sheet::of(say).fact("service.outbox.waiting", count(outbox.waiting));
    if let Some(oldest) = outbox.oldest {
        sheet = sheet.fact("service.outbox.oldest", say.at(oldest));
    }
    let refused = if outbox.dead > 0 { NoticeKind::Error } else { NoticeKind::None };
    sheet = sheet.state("service.outbox.dead", count(outbox.dead), refused).state(
        "service.outbox.link",
        say.say(&format!("service.outbox.link.{link}")),
        kind,
    );
    if let Some(why) = why {
        sheet = sheet.fact("service.outbox.why", why);
    }
    sheet.put(app, say.say("service.outbox.question"), say.say("service.outbox.hint"))
}

fn show_about(app: &App, say: &Say<'_>, about: &AboutLine, terminal: &str) -> Page {
    let room =
        about.free_bytes.map_or_else(|| say.say("service.about.room.unknown"), |free| bytes(free).into());
    let (store, kind) = if about.store_well {
        ("service.about.store.well", NoticeKind::Good)
    } else {
        ("service.about.store.ill", NoticeKind::Error)
    };
    Sheet::of(say)
        .fact("service.about.site", about.site.as_str())
        .fact("service.about.terminal", terminal)
        .fact("service.about.version", about.version.as_str())
        .fact("service.about.room", room)
        .state("service.about.store", say.say(store), kind)
        .put(app, say.say("service.about.question"), "".into())
}

/// `3.1 GB`, in powers of ten as disks are sold.
fn bytes(free: u64) -> String {
    let tenths = free / 100_000_000;
    if tenths > 0 {
        return format!("{}.{} GB", tenths / 10, tenths % 10);
    }
    format!("{} MB", free / 1_000_000)
}

impl Say<'_> {
    /// 11月24日 星期二 10:24.
    fn at(&self, at: DateTime) -> SharedString {
        self.fill("service.clock.at", &[&self.day(at.date()), &hour(at.time())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_told_as_disks_are_sold() {
        assert_eq!(
            [0, 999_999, 99_999_999, 100_000_000, 3_149_999_999, 64_000_000_000].map(bytes),
            ["0 MB", "0 MB", "99 MB", "0.1 GB", "3.1 GB", "64.0 GB"]
        );
    }
}
