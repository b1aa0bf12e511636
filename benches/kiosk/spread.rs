//! Many measurements of one thing, in order.

use std::time::Duration;

use serde_json::{Value, json};

/// Durations, sorted.
#[derive(Clone, Debug)]
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// Of at least one measurement.
    pub(crate) fn of(mut times: Vec<Duration>) -> Result<Self, &'static str> {
        if times.is_empty() {
            return Err("nothing was measured");
        }
        times.sort_unstable();
        Ok(Self(times))
    }

    /// Half of them took no longer.
    pub(crate) fn median(&self) -> Duration {
        self.at(50)
    }

    /// 99 of 100 took no longer; with fewer than 100 the worst.
    pub(crate) fn p99(&self) -> Duration {
        self.at(99)
    }

    pub(crate) fn worst(&self) -> Duration {
        self.at(100)
    }

    /// By the nearest rank.
    fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// For the JSON.
    pub(crate) fn json(&self) -> Value {
        json!({
            "count": self.0.len(),
            "p50_ms": ms(self.median()),
            "p99_ms": ms(self.p99()),
            "worst_ms": ms(self.worst()),
        })
    }

    /// For the table.
    pub(crate) fn text(&self) -> String {
        format!("p50 {} p99 {} ms", short(ms(self.median())), short(ms(self.p99())))
    }
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Three digits that matter, or the two that are left of something small.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        size if size >= 0.01 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}
