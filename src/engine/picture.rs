//! What holds now, as the journey, the screen and the status report see it.

use std::collections::BTreeMap;

use super::idle::Quiet;
use super::scene::{Banner, Home, Scene, Shown};
use super::status::{ClassReport, ClockReport, DeviceReport, OutboxReport, Report};
use super::{Engine, Out};
use crate::desk::{ClockState, Overview, Room};
use crate::domain::hours::DoorState;
use crate::domain::time::Now;
use crate::visit::{ClassFacts, Facts, TakeNumber};

impl Engine {
    /// What holds round a journey.
    pub(super) fn facts(&mut self, now: Now) -> Facts {
        let moment = self.desk.moment(now);
        let hall = self.hall(now);
        let rules = self.desk.rules();
        let classes = hall.iter().flat_map(|hall| &hall.classes).map(|class| ClassFacts {
            letter: class.letter,
            name: class.name.clone(),
            waiting: class.waiting,
            full: class.room == Room::Full,
            windows: rules.windows_for(class.letter),
        });
        Facts {
            classes: classes.collect(),
            today: moment.day.0,
            mono: now.mono,
            zone: rules.time_zone.clone(),
            reader: self.devices.reader_works(),
            card_left: self.devices.card_lies,
            printers: self.devices.printers().collect(),
            slow: self.manner.elder,
            without_card: self.settings.ticket_without_card,
            ticket_url: self.settings.ticket_url.clone(),
        }
    }

    /// The hall now, asked of the store only after something changed.
    fn hall(&mut self, now: Now) -> Option<Overview> {
        let day = self.desk.today(now);
        let minute = now.wall.as_second().div_euclid(60);
        let fresh = self
            .hall
            .as_ref()
            .is_some_and(|hall| hall.moment.day == day && hall.asked_at.as_second().div_euclid(60) == minute);
        if !fresh {
            match self.desk.overview(now) {
                Ok(hall) => {
                    self.hall = Some(hall);
                    self.read_trouble = false;
                }
                Err(error) => {
                    log::error!("the store can't be read: {error}; {}", error.advice());
                    self.read_trouble = true;
                }
            }
        }
        self.hall.clone()
    }

    /// When the hall opens next, if it is closed now.
    pub(super) fn closed_door(&mut self, now: Now) -> Option<Option<jiff::civil::DateTime>> {
        match self.hall(now)?.door {
            DoorState::Closed { next } => Some(next),
            DoorState::Open { .. } => None,
        }
    }

    /// Shows the scene where it is another one than before.
    pub(super) fn draw(&mut self, now: Now, out: &mut Vec<Out>) {
        let scene = self.scene(now);
        if self.shown.as_ref() == Some(&scene) {
            return;
        }
        let same_page = self.shown.as_ref().is_some_and(|shown| shown.page.is_same_page(&scene.page));
        if !same_page {
            log::debug!("page {}", scene.page.name());
            self.page_since = now.mono;
        }
        self.shown = Some(scene.clone());
        out.push(Out::Show(Box::new(scene)));
    }

    fn scene(&mut self, now: Now) -> Scene {
        let facts = self.facts(now);
        let moment = self.desk.moment(now);
        let clock = moment.at.to_zoned_datetime(facts.zone.clone()).datetime();
        let page = match (self.service_view(now), &self.visit, self.help) {
            (Some(view), ..) => Shown::Service(Box::new(view)),
            (None, _, true) => Shown::Help,
            (None, Some(visit), false) => Shown::Visit(visit.page(&facts)),
            (None, None, false) => Shown::Home(self.home()),
        };
        let journey = self.visit.as_ref().filter(|_| !self.help);
        let waits = self.visit.as_ref().is_some_and(|visit| !visit.may_idle());
        let countdown = match self.idle.state(now.mono, self.patience()) {
            Quiet::Counting { left, .. }
                if self.somebody() && (self.visit.is_some() || self.help || self.service.is_open()) =>
            {
                Some((left, self.patience().countdown.as_secs()))
            }
            _ => None,
        };
        let done = self.visit.as_ref().is_none_or(|visit| !visit.wants_card());
        let clock = clock.with().second(0).subsec_nanosecond(0).build().unwrap_or(clock);
        Scene {
            progress: journey.map(TakeNumber::progress),
            person: journey.and_then(TakeNumber::person),
            can_back: self.help
                || (self.more && self.visit.is_none())
                || journey.is_some_and(TakeNumber::can_go_back),
            can_home: (self.help && self.visit.as_ref().is_none_or(TakeNumber::can_leave))
                || (self.more && self.visit.is_none())
                || journey.is_some_and(TakeNumber::can_leave),
            can_change_manner: !waits || self.visit.as_ref().is_some_and(TakeNumber::can_leave),
            can_repeat: self.settings.has_sound,
            countdown,
            card_left: self.devices.card_lies && done && !self.service.is_open(),
            manner: self.manner.clone(),
            clock,
            banner: self.banner(moment.clock),
            page,
        }
    }

    fn home(&self) -> Home {
        let hall = self.hall.as_ref();
        Home {
            more: self.more,
            door: hall.map_or(DoorState::Open { until: None }, |hall| hall.door),
            windows: self.desk.rules().windows.len(),
            waiting: hall.map_or(0, |hall| hall.classes.iter().map(|class| class.waiting).sum()),
            without_card: self.settings.ticket_without_card,
            reader: self.devices.reader_works(),
        }
    }

    fn banner(&self, clock: ClockState) -> Option<Banner> {
        use crate::domain::device::HealthState;
        if self.store_trouble || self.read_trouble {
            return Some(Banner::StoreTrouble);
        }
        if clock == ClockState::Behind {
            return Some(Banner::ClockBehind);
        }
        if self.mouths.each().any(|(_, mouth)| mouth.hangs()) {
            return Some(Banner::PaperLeft);
        }
        let starting = |health: &crate::domain::device::Health| health.state == HealthState::Starting;
        // Of the receipt printer residents hear where it is all that brings out their tickets.
        if let Some((printer, Err(trouble))) = self.devices.printers().next()
            && !self.devices.printers.of(printer).as_ref().is_some_and(starting)
        {
            let other = self.devices.printers().find(|(_, works)| works.is_ok()).map(|(printer, _)| printer);
            return Some(Banner::Printer(printer, trouble, other));
        }
        let reader_gone =
            self.devices.reader.as_ref().is_some_and(|health| !starting(health) && !health.state.works());
        reader_gone.then_some(Banner::Reader)
    }

    /// How the terminal does.
    pub(super) fn report(&mut self, now: Now) -> Report {
        let moment = self.desk.moment(now);
        let at = moment.at.to_zoned_datetime(self.desk.rules().time_zone.clone());
        let queue: BTreeMap<_, _> = self
            .hall(now)
            .iter()
            .flat_map(|hall| &hall.classes)
            .map(|class| {
                let report =
                    ClassReport { waiting: class.waiting, last: class.last, ..ClassReport::default() };
                (class.letter.to_string(), report)
            })
            .collect();
        let devices = self.devices.each().map(|(device, health)| {
            let report =
                DeviceReport { state: health.state.code().to_owned(), detail: health.detail.clone() };
            (device.key().to_owned(), report)
        });
        let (outbox, store) = match self.outbox.counts() {
            Ok(counts) => {
                let report = OutboxReport {
                    waiting: counts.waiting,
                    oldest: counts.oldest,
                    dead: counts.dead,
                    oldest_dead: counts.oldest_dead,
                };
                (
                    report,
                    if self.store_trouble || self.read_trouble { "the last write failed" } else { "ok" }
                        .to_owned(),
                )
            }
            Err(error) => (OutboxReport::default(), error.to_string()),
        };
        Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            page: self.page_name().to_owned(),
            devices: devices.collect(),
            queue,
            outbox,
            store,
            clock: ClockReport {
                state: match moment.clock {
                    ClockState::Right => "right",
                    ClockState::Behind => "behind",
                }
                .to_owned(),
                now: at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
                business_day: moment.day.to_string(),
            },
            platform: self.platform.clone(),
            hall: None,
        }
    }
}
