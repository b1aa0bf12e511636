//! `[privacy]`: how long personal data is kept, and under which key.

use std::path::Path;

use super::files::{NamedFile, required_file};
use super::reader::Section;
use super::values::number;

/// Days for which personal data is kept where nothing else is said.
const USUAL_RETENTION_DAYS: u16 = 30;

/// How personal data is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// Days until personal fields are emptied, 1…3650; usually 30.
    pub retention_days: u16,
    /// The key under which personal fields are encrypted.
    pub store_key_file: NamedFile,
}

pub(super) fn read(mut privacy: Section<'_>, base: &Path) -> Option<Privacy> {
    let retention_days = privacy.optional("retention_days", number(1..=3650));
    let key = required_file(&mut privacy, "store_key_file", "the path of the store's key, mode 0600", base);
    privacy.finish();
    Some(Privacy { retention_days: retention_days.unwrap_or(USUAL_RETENTION_DAYS), store_key_file: key? })
}
