//! The promise under any faults at any time: one outcome a job; confirmed means that its paper came out whole,
//! once; not printed means that it never does (or crossed out), however long one waits and whatever is repaired.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::bitmap::NoGlyphs;
use crate::document::Document;
use crate::encode::encode;
use crate::profile::tests::shipped;
use crate::simulator::{Fate, Knob, PrintedPaper, SimulatedPrinter};
use crate::status::Paper;

const MS: Duration = Duration::from_millis(1);
/// No hand frees a blade in less: one that were stuck between two questions would leave paper uncut, and nobody told.
const FREEING: Duration = Duration::from_secs(3);

#[derive(Debug, Clone)]
enum Act {
    Print,
    Turn(Knob),
    BreakPort,
}

fn act() -> impl Strategy<Value = Act> {
    let turn = |knob| Just(Act::Turn(knob));
    prop_oneof![
        8 => Just(Act::Print),
        2 => turn(Knob::Paper(Paper::Out)),
        3 => turn(Knob::Paper(Paper::Ok)),
        1 => turn(Knob::Paper(Paper::Low)),
        3 => (0u32..12).prop_map(|lines| Act::Turn(Knob::PaperOutAfter(lines))),
        1 => turn(Knob::CoverOpen(true)),
        2 => turn(Knob::CoverOpen(false)),
        1 => turn(Knob::Jam),
        1 => turn(Knob::CutterStuck(true)),
        1 => turn(Knob::CutterStuck(false)),
        1 => any::<bool>().prop_map(|on| Act::Turn(Knob::Silent(on))),
        1 => any::<bool>().prop_map(|on| Act::Turn(Knob::SilentWhileMoving(on))),
        1 => (0u64..450).prop_map(|late| Act::Turn(Knob::Slow(Duration::from_millis(late)))),
        1 => turn(Knob::Power(false)),
        2 => turn(Knob::Power(true)),
        1 => any::<bool>().prop_map(|on| Act::Turn(Knob::MouthStuck(on))),
        1 => turn(Knob::Take),
        1 => turn(Knob::TakeAfter(None)),
        1 => turn(Knob::TakeAfter(Some(MS * 500))),
        1 => Just(Act::BreakPort),
    ]
}

struct Hall {
    profile: Profile,
    session: Session,
    printer: SimulatedPrinter,
    now: Duration,
    jobs: u64,
    outcomes: Vec<(JobId, Outcome)>,
}

impl Hall {
    fn new(name: &str) -> Self {
        let profile = shipped(name);
        let session = Session::new(profile.clone(), Memory::new(0), Duration::ZERO);
        let printer = SimulatedPrinter::new(profile.clone());
        Self { profile, session, printer, now: Duration::ZERO, jobs: 0, outcomes: Vec::new() }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Turn(knob) => self.printer.turn(knob, self.now),
            Act::BreakPort => self.session.link_failed(),
            Act::Print => {
                self.jobs += 1;
                let number = self.jobs;
                let document = Document::new()
                    .line(&format!("begin {number}."))
                    .gap()
                    .rule()
                    .gap()
                    .line(&format!("end {number}."))
                    .cut();
                let job = encode(&document, &self.profile, &NoGlyphs).unwrap();
                self.session.print(JobId(number), &job, self.now);
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.exchange();
            if self.now >= end {
                return;
            }
            let next = [self.session.next_timeout(), self.printer.next_change(self.now)];
            self.now = next.into_iter().flatten().min().unwrap_or(end).max(self.now + MS).min(end);
        }
    }

    fn exchange(&mut self) {
        loop {
            self.session.timeout(self.now);
            let sent = self.session.take_output();
            if let Some(bytes) = &sent {
                self.printer.receive(bytes, self.now);
            }
            self.printer.advance(self.now);
            let answers = self.printer.take_answers(self.now);
            self.session.received(&answers, self.now);
            if sent.is_none() && answers.is_empty() {
                break;
            }
        }
        while let Some(event) = self.session.next_event() {
            if let PrinterEvent::Outcome { job, outcome } = event {
                self.outcomes.push((job, outcome));
            }
        }
        if self.session.is_lost() {
            // The port is opened anew, as its supervisor would.
            self.session = Session::new(self.profile.clone(), self.session.memory(), self.now);
        }
    }

    /// Papers that somebody may have in the hand and on which `words` stand.
    fn given(&self, words: &str) -> usize {
        let out = |paper: &&PrintedPaper| {
            matches!(paper.fate, Fate::Cut | Fate::Shown | Fate::Taken | Fate::PushedOut | Fate::TakenBack)
        };
        let shown = self.printer.papers().iter().filter(out);
        shown.filter(|paper| paper.text().iter().any(|line| line == words)).count()
    }
}

fn day(name: &str, acts: Vec<(Act, u64)>) -> Result<(), TestCaseError> {
    let mut hall = Hall::new(name);
    hall.run(MS * 3000);
    for (act, wait) in acts {
        // A hand takes its time with a cover, a roll and what lies beneath.
        let by_hand = matches!(act, Act::Turn(Knob::CoverOpen(_) | Knob::Paper(_)));
        if matches!(act, Act::Turn(Knob::CutterStuck(false))) {
            hall.run(FREEING);
        }
        hall.act(act);
        hall.run(Duration::from_millis(if by_hand { wait.max(800) } else { wait }));
    }
    // Everything is repaired, and time passes.
    for knob in [
        Knob::Power(true),
        Knob::CutterStuck(false),
        Knob::MouthStuck(false),
        Knob::CoverOpen(true),
        Knob::CoverOpen(false),
        Knob::Silent(false),
        Knob::Slow(Duration::ZERO),
        Knob::Paper(Paper::Ok),
        Knob::TakeAfter(Some(MS * 500)),
    ] {
        hall.run(if knob == Knob::CutterStuck(false) { FREEING } else { MS * 800 });
        hall.printer.turn(knob, hall.now);
    }
    hall.run(Duration::from_secs(200));
    prop_assert_eq!(hall.session.refusal(hall.now), None, "a repaired printer prints");
    prop_assert_eq!(hall.printer.faults(), &[] as &[String]);
    for number in 1..=hall.jobs {
        let told: Vec<Outcome> = hall
            .outcomes
            .iter()
            .filter(|(job, _)| *job == JobId(number))
            .map(|(_, outcome)| *outcome)
            .collect();
        prop_assert_eq!(told.len(), 1, "job {}: {:?}", number, told);
        let (begin, end) = (format!("begin {number}."), format!("end {number}."));
        match told[0] {
            Outcome::Printed { certainty: Certainty::Confirmed } => {
                prop_assert_eq!((hall.given(&begin), hall.given(&end)), (1, 1), "job {}", number);
            }
            Outcome::NotPrinted { cause } => {
                let whole = hall.printer.papers().iter().filter(|paper| {
                    let text = paper.text();
                    let shown = matches!(paper.fate, Fate::Cut | Fate::Shown | Fate::Taken | Fate::PushedOut);
                    let crossed_out = text.iter().any(|line| line.starts_with("XXXX"));
                    shown && !crossed_out && text.contains(&begin) && text.contains(&end)
                });
                prop_assert_eq!(whole.count(), 0, "job {} {:?}", number, cause);
            }
            Outcome::Printed { .. } | Outcome::Doubtful { .. } => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn no_ghosts(
        name in prop::sample::select(vec!["vkp80", "epson-tm", "generic-80mm", "generic-58mm"]),
        acts in prop::collection::vec((act(), 0u64..2500), 0..40),
    ) {
        day(name, acts)?;
    }
}
