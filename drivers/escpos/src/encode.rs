//! A document as the fewest bytes that one printer needs for it.
//!
//! Text goes in the printer's own fonts; modes are sent where they change and not otherwise. A page is never sent
//! as a picture: characters that the fonts lack are drawn one by one (`drawn`), and one that nobody can draw stands
//! there as its code point. No real-time command can come to stand in a job by accident where the profile marks them
//! live.
//!
//! A job begins `ESC @` (modes of whoever printed before are gone, the Chinese mode and `GS a` too), then what the
//! profile needs switched on again, then the body; its finish (feed, cut, presentation) is kept apart, so that a
//! presenter can hold it back until the body was printed.

mod code;
mod drawn;

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::bitmap::GlyphSource;
use crate::command;
use crate::document::{Align, Document, Element, Size};
use crate::error::EncodeError;
use crate::layout;
use crate::profile::{CutCommand, Profile};

/// A document for one printer. Its bytes may hold personal data: zeroized when dropped, and not shown by `Debug`.
#[derive(Clone)]
pub struct Job {
    body: Zeroizing<Vec<u8>>,
    finish: Vec<u8>,
    printing: Duration,
    finishing: Duration,
    undrawn: usize,
    stops: Vec<Stop>,
}

/// Where a body may be parted: a line of the paper is over, and nothing of the next has been said.
#[derive(Debug, Clone, Copy)]
struct Stop {
    /// Bytes before it.
    at: usize,
    /// Time on paper before it.
    printing: Duration,
}

/// A part of a body, with its time on paper.
pub(crate) struct Piece {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) printing: Duration,
}

impl Job {
    /// Everything up to the cut.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body in pieces of at most `most` bytes, where its lines allow it: one line is never parted.
    pub(crate) fn pieces(&self, most: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut from = Stop { at: 0, printing: Duration::ZERO };
        let end = Stop { at: self.body.len(), printing: self.printing };
        let mut last = from;
        for stop in self.stops.iter().copied().chain([end]) {
            if stop.at - from.at > most && last.at > from.at {
                pieces.extend(self.piece(from, last));
                from = last;
            }
            last = stop;
        }
        pieces.extend(self.piece(from, end));
        pieces
    }

    fn piece(&self, from: Stop, to: Stop) -> Option<Piece> {
        let bytes = self.body.get(from.at..to.at).filter(|bytes| !bytes.is_empty())?;
        let printing = to.printing.saturating_sub(from.printing);
        Some(Piece { bytes: Zeroizing::new(bytes.to_vec()), printing })
    }

    /// Feed, cut and presentation; empty where the document has no [`Element::Cut`] at its end.
    #[must_use]
    pub fn finish(&self) -> &[u8] {
        &self.finish
    }

    /// How long the body takes to be printed at the profile's speed.
    #[must_use]
    pub fn printing(&self) -> Duration {
        self.printing
    }

    /// How long the finish takes.
    #[must_use]
    pub fn finishing(&self) -> Duration {
        self.finishing
    }

    /// How many characters nobody could draw: each stands there as its code point, `〔U+E123〕`. They are counted, not
    /// named: they may be part of a person's name.
    #[must_use]
    pub fn undrawn(&self) -> usize {
        self.undrawn
    }

    /// All bytes in order.
    #[must_use]
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.body(), self.finish()].concat())
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Job({} + {} bytes, {:?})", self.body.len(), self.finish.len(), self.printing)
    }
}

/// Encodes `document` for the printer that `profile` describes; `glyphs` draws what its fonts lack.
///
/// # Errors
/// [`EncodeError`] where a code can't be printed: nothing is left out silently. Characters never are a reason.
pub fn encode(document: &Document, profile: &Profile, glyphs: &dyn GlyphSource) -> Result<Job, EncodeError> {
    let mut encoder = Encoder::new(profile, glyphs);
    let mut finish = Vec::new();
    let count = document.elements().len();
    for (index, element) in document.elements().iter().enumerate() {
        match element {
            Element::Text { content, align, size, bold } => encoder.text(content, *align, *size, *bold),
            Element::Pair { left, right } => encoder.pair(left, right),
            Element::Rule => encoder.rule(),
            Element::Qr { data, size_mm } => encoder.qr(data, *size_mm)?,
            Element::Gap => encoder.end_line(1),
            Element::Cut if index + 1 == count => {
                finish = cut(profile);
                finish
                    .extend(profile.presenter.iter().flat_map(|presenter| command::present(presenter.steps)));
            }
            Element::Cut => encoder.out.extend(cut(profile)),
        }
    }
    encoder.done(finish)
}

/// A line of X and a cut: ends a paper that must not be taken for a whole one.
pub(crate) fn crossed_out(profile: &Profile) -> Vec<u8> {
    let mut bytes = vec![b'X'; profile.paper.columns as usize];
    bytes.push(command::LINE_FEED);
    bytes.extend(cut(profile));
    bytes
}

/// Feed and cut as the profile has them.
fn cut(profile: &Profile) -> Vec<u8> {
    let spec = &profile.cut;
    let feed = |dots: u8| if dots > 0 { command::feed(dots).to_vec() } else { Vec::new() };
    match spec.command {
        CutCommand::FeedAndCut => command::feed_and_cut(spec.partial, spec.feed_dots).to_vec(),
        CutCommand::GsV => [feed(spec.feed_dots), command::cut(spec.partial).to_vec()].concat(),
        CutCommand::Esc if spec.partial => [feed(spec.feed_dots), command::ESC_CUT_PARTIAL.to_vec()].concat(),
        CutCommand::Esc => [feed(spec.feed_dots), command::ESC_CUT_FULL.to_vec()].concat(),
        CutCommand::Tear => feed(spec.feed_dots),
    }
}

struct Encoder<'a> {
    profile: &'a Profile,
    glyphs: &'a dyn GlyphSource,
    out: Zeroizing<Vec<u8>>,
    align: Align,
    size: Size,
    bold: bool,
    /// Paper fed so far.
    dots: u64,
    undrawn: usize,
    no_image: usize,
    stops: Vec<Stop>,
}

impl<'a> Encoder<'a> {
    fn new(profile: &'a Profile, glyphs: &'a dyn GlyphSource) -> Self {
        let mut out = Zeroizing::new(Vec::with_capacity(1024));
        out.extend(command::INITIALIZE);
        if profile.text.chinese_mode {
            out.extend(command::CHINESE_ON);
        }
        if profile.status.automatic {
            out.extend(command::AUTO_STATUS_ON);
        }
        if profile.holds_inside() {
            out.extend(command::HOLD_INSIDE);
        }
        let (align, size) = (Align::Left, Size::ONE);
        Self {
            profile,
            glyphs,
            out,
            align,
            size,
            bold: false,
            dots: 0,
            undrawn: 0,
            no_image: 0,
            stops: Vec::new(),
        }
    }

    fn text(&mut self, content: &str, align: Align, size: Size, bold: bool) {
        let most = self.profile.text.max_size;
        let size = Size::new(size.width().min(most), size.height().min(most));
        let limit = self.profile.paper.columns / u32::from(size.width());
        for line in layout::lines(&self.legible(content), limit) {
            if self.line_as_dots(&line, align, size, bold) {
                continue;
            }
            if !line.is_empty() {
                self.modes(align, size, bold);
                if !self.profile.text.align {
                    self.pad(align, limit.saturating_sub(layout::width(&line)));
                }
                self.characters(&line);
            }
            self.end_line(size.height());
        }
    }

    fn pad(&mut self, align: Align, free: u32) {
        let spaces = match align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        self.out.extend(std::iter::repeat_n(b' ', spaces as usize));
    }

    fn pair(&mut self, left: &str, right: &str) {
        let (all, dots) = (self.profile.paper.columns, self.profile.paper.dots);
        let (left, right) = (self.legible(left), self.legible(right));
        for (left, right) in layout::pair(&left, &right, all) {
            self.modes(Align::Left, Size::ONE, false);
            self.characters(&left);
            if !right.is_empty() {
                let begin = all.saturating_sub(layout::width(&right));
                let spaces = begin.saturating_sub(layout::width(&left));
                let jump = u16::try_from(begin * (dots / all)).ok().map(command::position);
                match jump {
                    Some(jump)
                        if self.profile.text.position
                            && spaces as usize > jump.len()
                            && command::find_live(&jump).is_none() =>
                    {
                        self.out.extend(jump);
                    }
                    _ => self.out.extend(std::iter::repeat_n(b' ', spaces as usize)),
                }
                self.characters(&right);
            }
            self.end_line(1);
        }
    }

    fn rule(&mut self) {
        // It fills the line, so that any alignment will do.
        self.modes(self.align, Size::ONE, false);
        self.out.extend(std::iter::repeat_n(b'-', self.profile.paper.columns as usize));
        self.end_line(1);
    }

    fn modes(&mut self, align: Align, size: Size, bold: bool) {
        if self.profile.text.align && self.align != align {
            self.out.extend(command::align(align as u8));
        }
        if self.size != size {
            self.out.extend(command::size(size.width(), size.height()));
        }
        if self.profile.text.bold && self.bold != bold {
            self.out.extend(command::bold(bold));
        }
        (self.align, self.size, self.bold) = (align, size, bold);
    }

    fn characters(&mut self, line: &str) {
        for c in line.chars() {
            match self.profile.text.charset.code(c) {
                Some(code) => self.out.extend(code.as_slice()),
                None => self.drawn(c),
            }
        }
    }

    fn end_line(&mut self, factor: u8) {
        self.out.push(command::LINE_FEED);
        let text = &self.profile.text;
        self.dots += u64::from(text.cell_dots * u32::from(factor) + (text.line_dots - text.cell_dots));
        self.stop();
    }

    /// A line ends here.
    fn stop(&mut self) {
        self.stops.push(Stop { at: self.out.len(), printing: self.time(self.dots) });
    }

    fn time(&self, dots: u64) -> Duration {
        let paper = &self.profile.paper;
        let per_second = u64::from(paper.dots_per_mm) * u64::from(paper.speed_mm_s);
        Duration::from_millis(dots * 1000 / per_second.max(1))
    }

    fn done(self, finish: Vec<u8>) -> Result<Job, EncodeError> {
        if self.no_image > 0 {
            return Err(EncodeError::NoImageCommand { count: self.no_image });
        }
        let paper = &self.profile.paper;
        let printing = self.time(self.dots);
        let finishing =
            if finish.is_empty() { Duration::ZERO } else { Duration::from_millis(paper.finish_ms.into()) };
        let job =
            Job { body: self.out, finish, printing, finishing, undrawn: self.undrawn, stops: self.stops };
        match command::find_live(&job.bytes()) {
            Some(at) if self.profile.live_dle => Err(EncodeError::LiveSequence { at }),
            _ => Ok(job),
        }
    }
}

#[cfg(test)]
mod tests;
