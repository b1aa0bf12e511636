//! What the uplink tells, and what the platform made of events.

use super::{Engine, PlatformNews, Verdict};
use crate::store::StoreError;

impl Engine {
    /// The uplink said something.
    pub(super) fn platform(&mut self, news: PlatformNews) {
        match news {
            PlatformNews::Online => "online".clone_into(&mut self.platform),
            PlatformNews::Offline(why) => self.platform = format!("offline: {why}"),
            PlatformNews::Time { server, told } => {
                self.desk.platform_time(server, told);
                self.hall = None;
            }
        }
    }

    /// Writes the platform's verdicts down, all or none.
    pub(super) fn settle(&mut self, verdicts: &[Verdict]) -> Result<(), StoreError> {
        self.desk.store_mut().write(|store| {
            for verdict in verdicts {
                match &verdict.refused {
                    None => store.settle_accepted(verdict.event)?,
                    Some(reason) => store.settle_refused(verdict.event, reason)?,
                }
            }
            Ok(())
        })
    }
}
