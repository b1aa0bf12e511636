//! A job larger than the printer's receive buffer, given out no faster than the printer makes room.
//!
//! A serial line has no flow control here, so that what comes on top of a full buffer is lost: the tail of a ticket,
//! its code and its cut. Such a job goes out in pieces that end with a line of the paper. Two or more are on their
//! way at once, never more than the buffer surely holds, so that the paper doesn't stop between them. Where the
//! printer answers queued questions one stands behind each piece, and its answer makes the room; where it answers
//! none, the time does that the piece takes at the profile's guaranteed speed, and a quarter more.
//!
//! A job that the buffer holds never comes here: it goes out at once.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use super::Session;
use crate::deadline::{POLL_BUSY, Timer};
use crate::encode::Piece;
use crate::profile::Confirm;

/// A job's body on its way.
#[derive(Default)]
pub(super) struct Pacing {
    waiting: VecDeque<Piece>,
    on_the_way: VecDeque<OnTheWay>,
    /// When the printer has surely worked off all that went out, where only the time tells.
    worked_off: Duration,
}

struct OnTheWay {
    length: usize,
    id: Option<[u8; 4]>,
    worked_off: Duration,
}

impl Pacing {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        Self { waiting: pieces.into(), ..Self::default() }
    }

    /// Whether all of it has been given out.
    pub(super) fn is_out(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a question behind a piece is still to be answered.
    pub(super) fn is_asked(&self) -> bool {
        !self.on_the_way.is_empty()
    }

    pub(super) fn is_asked_by(&self, id: [u8; 4]) -> bool {
        self.on_the_way.iter().any(|piece| piece.id == Some(id))
    }

    /// The next piece, where the printer has room for it. One that is larger than the whole buffer goes alone.
    fn next(&mut self, room: usize) -> Option<Piece> {
        let used: usize = self.on_the_way.iter().map(|piece| piece.length).sum();
        self.waiting.pop_front_if(|piece| used == 0 || used + piece.bytes.len() <= room)
    }
}

impl Session {
    /// Gives out what there is room for; behind the last piece the job's own marks.
    pub(super) fn give_out(&mut self, now: Duration) {
        let room = self.profile.room();
        loop {
            let Some(job) = self.job.as_mut().filter(|job| job.stopping.is_none()) else { return };
            let Some(piece) = job.pacing.next(room) else { break };
            let last = job.pacing.is_out();
            self.out.extend_from_slice(&piece.bytes);
            let arrived = self.line_takes(piece.bytes.len(), now);
            if last {
                self.job_given_out();
            }
            let id = if last { None } else { self.mark() };
            let Some(job) = &mut self.job else { return };
            let worked_off = job.pacing.worked_off.max(arrived) + piece.printing * 5 / 4;
            job.pacing.worked_off = worked_off;
            if !last {
                job.pacing.on_the_way.push_back(OnTheWay { length: piece.bytes.len(), id, worked_off });
            } else if self.profile.confirm == Confirm::StatusOnly {
                self.deadlines.set(Timer::Printed, worked_off + job.finishing());
            }
        }
        self.await_room();
    }

    /// A piece was printed: its question was answered, or its time is over. Those before it are printed too.
    pub(super) fn piece_done(&mut self, id: Option<[u8; 4]>, now: Duration) {
        let Some(job) = &mut self.job else { return };
        while let Some(piece) = job.pacing.on_the_way.pop_front() {
            if piece.id == id {
                break;
            }
        }
        self.give_out(now);
    }

    /// The time is over in which a piece was to be printed, by a printer that answers no question behind it.
    pub(super) fn room_made(&mut self, now: Duration) {
        if self.status.is_some_and(|(status, _)| status.fault().is_some()) {
            // It stands still and makes no room.
            self.deadlines.set(Timer::Room, now + POLL_BUSY);
        } else {
            self.piece_done(None, now);
        }
    }

    fn await_room(&mut self) {
        self.deadlines.stop(Timer::Room);
        if self.profile.confirm == Confirm::StatusOnly
            && let Some(job) = self.job.as_ref().filter(|job| !job.pacing.is_out())
            && let Some(piece) = job.pacing.on_the_way.front()
        {
            self.deadlines.set(Timer::Room, piece.worked_off);
        }
    }

    /// When so many bytes, given out now, have all arrived. A port that says no speed takes no time.
    pub(super) fn line_takes(&mut self, bytes: usize, now: Duration) -> Duration {
        self.line_free = self.line_free.max(now) + self.line_time(bytes);
        self.line_free
    }

    pub(super) fn line_time(&self, bytes: usize) -> Duration {
        self.line.map_or(Duration::ZERO, |per_second| line_time(bytes, per_second))
    }
}

/// How long so many bytes take on a line.
pub(crate) fn line_time(bytes: usize, per_second: NonZeroU32) -> Duration {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    Duration::from_micros(bytes.saturating_mul(1_000_000) / u64::from(per_second.get()))
}
