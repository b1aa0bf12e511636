//! What the menu shows of devices, clock, outbox, store and tickets.

use crate::desk::{ClockLook, ClockState, ToldBy};
use crate::domain::device::{Device, PaperTrouble};
use crate::domain::ticket::Ticket;
use crate::domain::time::Now;
use crate::engine::Engine;
use crate::service::view::{AboutLine, ClockLine, DeviceLine, KnownFrom, Link, OutboxLine, TicketLine, View};
use crate::service::{Facts, Service};

impl Engine {
    /// The menu to draw, where it is open.
    pub(in crate::engine) fn service_view(&mut self, now: Now) -> Option<View> {
        if !self.service.is_open() {
            return None;
        }
        let facts = self.service_facts(now);
        self.service.open.as_ref().map(|service| service.view(&facts))
    }

    pub(super) fn service_facts(&mut self, now: Now) -> Facts {
        let look = self.desk.clock_look(now);
        let zone = self.desk.rules().time_zone.clone();
        let local = |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).datetime();
        let heard_at = |device: Device| {
            let ago = now.mono.saturating_sub(*self.service.heard.get(&device)?);
            look.moment.at.checked_sub(jiff::SignedDuration::try_from(ago).ok()?).ok().map(local)
        };
        let devices = self.devices.each().map(|(device, health)| DeviceLine {
            device,
            state: health.state,
            detail: health.detail.clone(),
            heard_at: heard_at(device).map(to_minute),
        });
        let printers: Vec<_> = self.devices.printers().collect();
        let first_trouble = printers.iter().find_map(|(_, works)| works.err());
        let ready = printers.iter().find_map(|(printer, works)| works.is_ok().then_some(*printer));
        let open = self.service.open.as_ref();
        Facts {
            mono: now.mono,
            terminal: self.desk.rules().terminal.clone(),
            failures: self.service.failures,
            paused_until: self.service.paused_until,
            devices: devices.collect(),
            printer: ready.ok_or(first_trouble.unwrap_or(PaperTrouble::NoAnswer)),
            clock: clock_line(&look, &local),
            outbox: if open.is_some_and(Service::wants_outbox) {
                self.outbox_line()
            } else {
                OutboxLine::default()
            },
            about: if open.is_some_and(Service::wants_about) {
                self.about_line()
            } else {
                AboutLine::default()
            },
            zone,
        }
    }

    fn outbox_line(&self) -> OutboxLine {
        let counts = self.outbox.counts().unwrap_or_else(|error| {
            log::error!("the outbox can't be read: {error}; {}", error.advice());
            crate::store::OutboxCounts::default()
        });
        let link = match self.platform.as_str() {
            "none" => Link::None,
            "untried" => Link::Untried,
            "online" => Link::Online,
            other => Link::Offline(other.strip_prefix("offline: ").unwrap_or(other).to_owned()),
        };
        let zone = self.desk.rules().time_zone.clone();
        let oldest = counts.oldest.and_then(|at| at.parse::<jiff::Timestamp>().ok());
        OutboxLine {
            waiting: counts.waiting,
            oldest: oldest.map(|at| at.to_zoned_datetime(zone).datetime()).map(to_minute),
            dead: counts.dead,
            link,
        }
    }

    fn about_line(&self) -> AboutLine {
        AboutLine {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            site: self.settings.site_name.clone(),
            free_bytes: self.desk.store().free_bytes(),
            store_well: !self.store_trouble && !self.read_trouble,
        }
    }

    pub(super) fn line(&self, ticket: &Ticket, why: Option<String>) -> TicketLine {
        let rules = self.desk.rules();
        TicketLine {
            id: ticket.id,
            number: ticket.number.to_string(),
            class: rules.class(ticket.number.class).map(|class| class.name.clone()).unwrap_or_default(),
            taken_at: to_minute(ticket.reserved_at.to_zoned_datetime(rules.time_zone.clone()).datetime()),
            why,
        }
    }
}

fn clock_line(look: &ClockLook, local: &dyn Fn(jiff::Timestamp) -> jiff::civil::DateTime) -> ClockLine {
    ClockLine {
        system: to_minute(local(look.wall)),
        holds: to_minute(local(look.moment.at)),
        day: look.moment.day.0,
        store: to_minute(local(look.store)),
        known_from: match look.told_by {
            Some(ToldBy::Platform) => KnownFrom::Platform,
            Some(ToldBy::Technician) => KnownFrom::Technician,
            None if look.moment.counted => KnownFrom::Nobody,
            None => KnownFrom::System,
        },
        behind: look.moment.clock == ClockState::Behind,
        system_can_be: look.system_can_be,
    }
}

fn to_minute(at: jiff::civil::DateTime) -> jiff::civil::DateTime {
    at.with().second(0).subsec_nanosecond(0).build().unwrap_or(at)
}
