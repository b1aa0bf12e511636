//! Dead letters (死信): what the platform refused, sent again once somebody has mended the cause.

use super::Desk;
use crate::domain::event::DeadLetters;
use crate::domain::time::Now;
use crate::store::StoreError;

impl Desk {
    /// Has dead letters sent again, the same events in their old places; how many there were.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn send_again(&mut self, which: DeadLetters, now: Now) -> Result<u64, StoreError> {
        let at = self.moment(now).at;
        self.store_mut().write(|store| store.send_again(which, at))
    }
}
