//! The part of the simulated printer that has modes, a line and papers.

use super::paper::{Fate, Item, PrintedPaper, Run};
use super::parse::Heard;
use crate::bitmap::Bitmap;
use crate::charset::columns;
use crate::document::{Align, Size};
use crate::profile::{Confirm, CutCommand, ImageCommand, PresenterSpec, Profile};

/// What executing a command has done, as far as the rest of the printer cares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    Moved { dots: u32, lines: u32 },
    Cut,
    Shown,
    Left,
    Answer(Vec<u8>),
    QueuedPaper,
    AutoStatus,
}

/// Modes, the line being filled, and all papers.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) papers: Vec<PrintedPaper>,
    pub(super) faults: Vec<String>,
    pub(super) automatic: bool,
    pub(super) cutter_failed: bool,
    modes: Modes,
    always_chinese: bool,
    line: Vec<Run>,
    used: u32,
}

#[derive(Debug, Clone)]
struct Modes {
    align: Align,
    size: Size,
    bold: bool,
    chinese: bool,
    held: bool,
    module: u8,
    level: u8,
    stored: Vec<u8>,
}

impl Modes {
    /// As after power on and `ESC @`.
    fn initial() -> Self {
        let (align, size) = (Align::Left, Size::ONE);
        Self {
            align,
            size,
            bold: false,
            chinese: false,
            held: false,
            module: 3,
            level: 0,
            stored: Vec::new(),
        }
    }
}

impl Machine {
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            papers: Vec::new(),
            faults: Vec::new(),
            automatic: false,
            cutter_failed: false,
            modes: Modes::initial(),
            always_chinese: !profile.text.chinese_mode,
            line: Vec::new(),
            used: 0,
        }
    }

    pub(super) fn is_chinese(&self) -> bool {
        self.modes.chinese || self.always_chinese
    }

    /// Forgets modes and line, as without power.
    pub(super) fn reset(&mut self) {
        self.modes = Modes::initial();
        self.automatic = false;
        self.forget_line();
    }

    pub(super) fn forget_line(&mut self) {
        self.line.clear();
        self.used = 0;
    }

    /// The paper in the printer leaves it.
    pub(super) fn part(&mut self, fate: Fate) {
        if let Some(paper) = self.papers.last_mut().filter(|paper| paper.fate == Fate::InPrinter) {
            paper.fate = fate;
        }
    }

    /// The paper at the mouth goes.
    pub(super) fn shown(&mut self, fate: Fate) {
        if let Some(paper) = self.papers.iter_mut().rev().find(|paper| paper.fate == Fate::Shown) {
            paper.fate = fate;
        }
    }

    pub(super) fn execute(&mut self, heard: Heard, profile: &Profile, cutter_stuck: bool) -> Effect {
        match heard {
            Heard::Character(c) => self.character(c, profile),
            Heard::LineFeed => return self.line_feed(profile),
            Heard::Initialize => {
                self.modes = Modes::initial();
                self.automatic = false;
                self.forget_line();
            }
            Heard::Chinese(on) => self.modes.chinese = on,
            Heard::Align(n) => self.align(n, profile),
            Heard::Size(width, height) => {
                let most = profile.text.max_size;
                self.check(width <= most && height <= most, "GS ! beyond the profile's size");
                self.modes.size = Size::new(width, height);
            }
            Heard::Bold(on) => {
                self.check(profile.text.bold, "ESC E is not in the profile");
                self.modes.bold = on;
            }
            Heard::Position(dots) => {
                self.check(profile.text.position, "ESC $ is not in the profile");
                self.check(u32::from(dots) >= self.used, "ESC $ over what is printed");
                self.used = u32::from(dots);
                self.line.push(Run::Position(u32::from(dots)));
            }
            Heard::ColumnImage(columns) => self.column_image(&columns, profile),
            Heard::Raster { bytes, rows, dots } => return self.raster(bytes, rows, &dots, profile),
            Heard::Feed(dots) => return self.feed(u32::from(dots), profile),
            Heard::Cut { feeds, partial, dots } => {
                let wanted = if feeds { CutCommand::FeedAndCut } else { CutCommand::GsV };
                self.check(profile.cut.command == wanted, "GS V is not in the profile");
                self.check(profile.cut.partial == partial, "a full cut for a partial one, or the other way");
                self.item(Item::Feed(u32::from(dots)));
                return self.cut(cutter_stuck);
            }
            Heard::EscCut { partial } => {
                self.check(profile.cut.command == CutCommand::Esc, "ESC i and ESC m are not in the profile");
                self.check(profile.cut.partial == partial, "a full cut for a partial one, or the other way");
                return self.cut(cutter_stuck);
            }
            Heard::QrModel(_) => self.check(profile.qr.is_some(), "GS ( k is not in the profile"),
            Heard::QrModule(module) => {
                let most = profile.qr.as_ref().map_or(0, |qr| qr.max_module);
                self.check((1..=most).contains(&module), "a QR module beyond the profile's");
                self.modes.module = module;
            }
            Heard::QrLevel(level) => {
                self.check(level <= 3, "a QR level that there isn't");
                self.modes.level = level;
            }
            Heard::QrStore(data) => self.modes.stored = data,
            Heard::QrPrint => return self.qr(profile),
            Heard::QueuedPaper => {
                self.check(profile.status.queued, "GS r is not in the profile");
                return Effect::QueuedPaper;
            }
            Heard::AutoStatus(n) => {
                self.check(profile.status.automatic, "GS a is not in the profile");
                self.automatic = n != 0;
                return Effect::AutoStatus;
            }
            Heard::ProcessId([a, b, c, d]) => {
                self.check(profile.confirm == Confirm::ProcessId, "GS ( H is not in the profile");
                return Effect::Answer(vec![0x37, 0x22, a, b, c, d, 0]);
            }
            Heard::TakeBack => {
                self.presenter(profile, |presenter| presenter.take_back);
                return self.away(Fate::TakenBack);
            }
            Heard::PushOut => {
                self.presenter(profile, |presenter| presenter.push_out);
                return self.away(Fate::PushedOut);
            }
            Heard::HoldInside => {
                self.presenter(profile, |presenter| presenter.hold_inside);
                self.modes.held = true;
            }
            Heard::Present(_) => {
                self.presenter(profile, |_| true);
                self.check(self.line.is_empty(), "a line was not ended before the presentation");
                if let Some(paper) = self.papers.last_mut()
                    && matches!(paper.fate, Fate::InPrinter | Fate::Cut)
                {
                    paper.fate = Fate::Shown;
                    return Effect::Shown;
                }
            }
            Heard::RealTime => {}
        }
        Effect::Nothing
    }

    fn check(&mut self, good: bool, fault: &str) {
        if !good {
            self.faults.push(fault.to_owned());
        }
    }

    fn presenter(&mut self, profile: &Profile, can: impl Fn(&PresenterSpec) -> bool) {
        let can = profile.presenter.as_ref().is_some_and(can);
        self.check(can, "GS e with this parameter is not in the profile");
    }

    fn align(&mut self, n: u8, profile: &Profile) {
        self.check(profile.text.align, "ESC a is not in the profile");
        self.check(self.line.is_empty(), "ESC a within a line");
        match n {
            0 => self.modes.align = Align::Left,
            1 => self.modes.align = Align::Centre,
            2 => self.modes.align = Align::Right,
            _ => self.check(false, "ESC a with a parameter that there isn't"),
        }
    }

    fn character(&mut self, c: char, profile: &Profile) {
        // A real one leaves a blank and says nothing.
        let has = profile.text.charset.code(c).is_some();
        self.check(has, "a character that the printer's fonts lack");
        let cell = profile.paper.dots / profile.paper.columns;
        self.advance(columns(c) * cell * u32::from(self.modes.size.width()), profile);
        let c = if has { c } else { ' ' };
        let (now, bolder) = (self.modes.size, self.modes.bold);
        match self.line.last_mut() {
            Some(Run::Text { text, size, bold }) if *size == now && *bold == bolder => text.push(c),
            _ => self.line.push(Run::Text { text: c.to_string(), size: now, bold: bolder }),
        }
    }

    fn advance(&mut self, dots: u32, profile: &Profile) {
        self.used += dots;
        self.check(self.used <= profile.paper.dots, "a line is wider than the paper");
    }

    fn column_image(&mut self, columns: &[[u8; 3]], profile: &Profile) {
        self.check(profile.image.is_some(), "ESC * is not in the profile");
        self.advance(u32::try_from(columns.len()).unwrap_or(u32::MAX), profile);
        let mut bitmap = Bitmap::new(u32::try_from(columns.len()).unwrap_or_default(), 24);
        for (x, column) in (0..).zip(columns) {
            for y in 0..24_u32 {
                let byte = column.get(y as usize / 8).copied().unwrap_or_default();
                bitmap.set(x, y, byte >> (7 - y % 8) & 1 == 1);
            }
        }
        self.line.push(Run::Picture(bitmap));
    }

    fn line_feed(&mut self, profile: &Profile) -> Effect {
        let text = &profile.text;
        let factor = |run: &Run| if let Run::Text { size, .. } = run { u32::from(size.height()) } else { 1 };
        let height = self.line.iter().map(factor).max().unwrap_or(1);
        let runs = std::mem::take(&mut self.line);
        self.used = 0;
        self.item(Item::Line { align: self.modes.align, runs });
        Effect::Moved { dots: text.cell_dots * height + (text.line_dots - text.cell_dots), lines: 1 }
    }

    fn feed(&mut self, dots: u32, profile: &Profile) -> Effect {
        self.check(self.line.is_empty(), "ESC J within a line");
        self.item(Item::Feed(dots));
        if profile.cut.command == CutCommand::Tear && dots == u32::from(profile.cut.feed_dots) {
            self.part(Fate::Cut);
        }
        Effect::Moved { dots, lines: 0 }
    }

    fn raster(&mut self, bytes: u16, rows: u16, dots: &[u8], profile: &Profile) -> Effect {
        self.check(profile.image == Some(ImageCommand::ColumnAndRaster), "GS v 0 is not in the profile");
        let width = u32::from(bytes) * 8;
        self.check(width <= profile.paper.dots + 7, "a picture is wider than the paper");
        let mut bitmap = Bitmap::new(width, rows.into());
        for (y, row) in (0..).zip(dots.chunks(usize::from(bytes).max(1))) {
            for x in 0..width {
                let byte = row.get(x as usize / 8).copied().unwrap_or_default();
                bitmap.set(x, y, byte >> (7 - x % 8) & 1 == 1);
            }
        }
        self.item(Item::Picture { align: self.modes.align, bitmap });
        Effect::Moved { dots: rows.into(), lines: 1 }
    }

    fn qr(&mut self, profile: &Profile) -> Effect {
        self.check(profile.qr.is_some(), "GS ( k is not in the profile");
        self.check(self.line.is_empty(), "a QR code within a line");
        self.check(!self.modes.stored.is_empty(), "a QR code without data");
        let module = u32::from(self.modes.module);
        let data = self.modes.stored.clone();
        let side = u32::try_from(data.len()).unwrap_or_default().min(177);
        self.item(Item::Qr { align: self.modes.align, data, module, level: self.modes.level });
        // Near enough for the time it takes: 21 modules and more with the data.
        Effect::Moved { dots: (21 + side / 4) * module, lines: 1 }
    }

    fn cut(&mut self, stuck: bool) -> Effect {
        self.check(self.line.is_empty(), "a line was not ended before the cut");
        if stuck {
            self.cutter_failed = true;
        } else {
            self.part(Fate::Cut);
        }
        Effect::Cut
    }

    /// Whatever is at the mouth, or cut or uncut within, goes back or out.
    fn away(&mut self, fate: Fate) -> Effect {
        self.forget_line();
        for paper in &mut self.papers {
            if matches!(paper.fate, Fate::Shown | Fate::InPrinter) {
                paper.fate = fate;
            }
        }
        Effect::Left
    }

    fn item(&mut self, item: Item) {
        let fresh = self.papers.last().is_none_or(|paper| paper.fate != Fate::InPrinter);
        if fresh {
            self.papers.push(PrintedPaper::new());
        }
        if let Some(paper) = self.papers.last_mut() {
            paper.items.push(item);
        }
    }
}
