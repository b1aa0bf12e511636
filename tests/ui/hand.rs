//! Pages in memory and the engine that they talk to, in one thread; and a hand that finds controls by their names.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kiosk::desk::{Desk, SiteRules};
use kiosk::domain::chance::Chance;
use kiosk::domain::class::{Class, ClassLetter};
use kiosk::domain::device::{Health, HealthState, PerPrinter, Printer};
use kiosk::domain::hours::Opening;
use kiosk::domain::time::Now;
use kiosk::domain::window::{Serves, Window};
use kiosk::engine::{Engine, Input, Out, Settings};
use kiosk::peripherals::{JobId, PrinterNews, ReaderNews, TicketPaper};
use kiosk::screen::headless::Headless;
use kiosk::store::{Store, StoreKey};
use kiosk::words::Words;
use tempfile::TempDir;

/// Sizes of screens in pixels: upright, lying, and the small one.
pub const SCREENS: [(u32, u32); 3] = [(1080, 1920), (1920, 1080), (1280, 800)];

/// Pages, empty until a scene is shown.
pub fn pages(size: (u32, u32)) -> Headless {
    let words = Arc::new(Words::shipped("zh").unwrap());
    Headless::open(size, words, "示例便民服务中心", |_| {}).unwrap()
}

/// What a hand can touch, each once: the query finds a control again for each component that it is made of.
pub fn controls(pages: &Headless) -> Vec<ElementHandle> {
    let touchable = |element: &ElementHandle| {
        use AccessibleRole::{Button, Checkbox, RadioButton, Switch};
        element.accessible_role().is_some_and(|role| [Button, Checkbox, RadioButton, Switch].contains(&role))
    };
    let mut once: Vec<ElementHandle> = Vec::new();
    for found in
        ElementQuery::from_root(pages.app()).match_descendants().match_predicate(touchable).find_all()
    {
        let same = |known: &ElementHandle| {
            name(known) == name(&found) && known.absolute_position() == found.absolute_position()
        };
        if !once.iter().any(same) {
            once.push(found);
        }
    }
    once
}

/// Names of what a hand can touch.
pub fn names(pages: &Headless) -> Vec<String> {
    controls(pages).iter().map(name).collect()
}

/// The name of a control.
pub fn name(control: &ElementHandle) -> String {
    control.accessible_label().unwrap_or_default().into()
}

/// Whether it can be touched now.
pub fn enabled(control: &ElementHandle) -> bool {
    control.accessible_enabled() == Some(true)
}

/// Everything that the pages say.
pub fn said(pages: &Headless) -> Vec<String> {
    let all = ElementQuery::from_root(pages.app()).match_descendants().find_all();
    let texts = all.iter().flat_map(|element| [element.accessible_label(), element.accessible_description()]);
    texts.flatten().map(String::from).filter(|text| !text.is_empty()).collect()
}

/// A terminal with a screen in memory, devices that do as they are told, and time that stands still.
pub struct Hall {
    pub pages: Headless,
    engine: Engine,
    inputs: Rc<RefCell<VecDeque<Input>>>,
    mono: Duration,
    pub papers: VecDeque<(JobId, TicketPaper)>,
    pub slips: VecDeque<JobId>,
    _folder: TempDir,
}

struct Counted(u64);

impl Chance for Counted {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

impl Hall {
    /// Opens at ten in the morning with devices that are ready.
    pub fn open(size: (u32, u32)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreKey::from_bytes([1; 32])).unwrap();
        let class = |letter, name: &str| Class {
            letter: ClassLetter::new(letter).unwrap(),
            name: name.into(),
            numbers: "001-999".parse().unwrap(),
            daily_limit: None,
        };
        let rules = SiteRules {
            terminal: "T01".into(),
            time_zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
            opening: Opening::always(),
            classes: vec![class('A', "社会保障"), class('B', "医疗保障")],
            windows: vec![Window { number: 1, name: "综合窗口".into(), serves: Serves::All }],
        };
        let desk = Desk::open(store, rules, Box::new(Counted(7)), at(Duration::ZERO)).unwrap();
        let settings = Settings {
            site_name: "示例便民服务中心".into(),
            languages: vec!["zh".into(), "en".into()],
            ticket_without_card: true,
            ticket_url: None,
            has_reader: true,
            has_printer: PerPrinter { dispenser: true, receipt: false },
            has_platform: true,
            has_sound: true,
        };
        let engine = Engine::new(desk, settings).unwrap();
        let inputs = Rc::new(RefCell::new(VecDeque::new()));
        let heard = Rc::clone(&inputs);
        let words = Arc::new(Words::shipped("zh").unwrap());
        let pages = Headless::open(size, words, "示例便民服务中心", move |input| {
            heard.borrow_mut().push_back(input);
        })
        .unwrap();
        let mono = Duration::from_secs(10);
        let mut hall = Self {
            pages,
            engine,
            inputs,
            mono,
            papers: VecDeque::new(),
            slips: VecDeque::new(),
            _folder: folder,
        };
        let ready = || Health { state: HealthState::Ready, detail: "ready".into() };
        hall.tell(Input::Reader(ReaderNews::Health(ready())));
        hall.tell(Input::Printer(Printer::Dispenser, PrinterNews::Health(ready())));
        hall
    }

    /// Tells the engine something and shows what comes of it.
    pub fn tell(&mut self, input: Input) {
        for out in self.engine.handle(input, at(self.mono)) {
            match out {
                Out::Show(scene) => self.pages.show(&scene),
                Out::Print(_, job, paper) => self.papers.push_back((job, *paper)),
                Out::TestPrint(_, job, _) => self.slips.push_back(job),
                // On another thread elsewhere; here the answer comes behind what is under way.
                Out::CheckPin(number, tried) => {
                    self.inputs.borrow_mut().push_back(Input::PinChecked(number, tried.is_right()));
                }
                Out::Wake | Out::Sound(_) => {}
            }
        }
    }

    /// Presses a control by its name, as assistive technology does.
    pub fn press(&mut self, wanted: &str) {
        self.find(wanted).invoke_accessible_default_action();
        self.heard();
    }

    /// Touches the middle of a control with that name.
    pub fn touch(&mut self, wanted: &str) {
        let control = self.find(wanted);
        let (place, size) = (control.absolute_position(), control.size());
        self.pages.touch(place.x + size.width / 2.0, place.y + size.height / 2.0);
        self.heard();
    }

    /// Lets the engine hear what the pages told, a moment later.
    pub fn look(&mut self) {
        self.mono += Duration::from_millis(300);
        self.heard();
    }

    pub fn page(&self) -> &'static str {
        self.engine.page_name()
    }

    /// Whether the pages say that somewhere; line breaks count as nothing.
    pub fn says(&self, text: &str) -> bool {
        said(&self.pages).iter().any(|said| said.replace('\n', "").contains(text))
    }

    pub fn control(&self, wanted: &str) -> Option<ElementHandle> {
        controls(&self.pages).into_iter().find(|control| name(control) == wanted)
    }

    /// Somebody looks for it first, which takes a moment.
    fn find(&mut self, wanted: &str) -> ElementHandle {
        self.mono += Duration::from_millis(300);
        self.control(wanted).unwrap_or_else(|| panic!("no {wanted:?} among {:?}", names(&self.pages)))
    }

    fn heard(&mut self) {
        loop {
            let Some(input) = self.inputs.borrow_mut().pop_front() else { return };
            self.tell(input);
        }
    }
}

fn at(mono: Duration) -> Now {
    let start: jiff::Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    Now { wall: start + jiff::SignedDuration::try_from(mono).unwrap(), mono }
}
