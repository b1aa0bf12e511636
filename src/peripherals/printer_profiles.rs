//! The printers that ship with the product, one profile file each.

use std::path::Path;

use kiosk_escpos::Profile;

/// Name and file of each.
pub const SHIPPED: &[(&str, &str)] = &[
    ("citizen-ct-s651", include_str!("../../assets/printers/citizen-ct-s651.toml")),
    ("epson-tm", include_str!("../../assets/printers/epson-tm.toml")),
    ("epson-tm-gb18030", include_str!("../../assets/printers/epson-tm-gb18030.toml")),
    ("epson-tm-latin", include_str!("../../assets/printers/epson-tm-latin.toml")),
    ("epson-tm-t88", include_str!("../../assets/printers/epson-tm-t88.toml")),
    ("generic-58mm", include_str!("../../assets/printers/generic-58mm.toml")),
    ("generic-80mm", include_str!("../../assets/printers/generic-80mm.toml")),
    ("pos-5890", include_str!("../../assets/printers/pos-5890.toml")),
    ("rongta-rp332", include_str!("../../assets/printers/rongta-rp332.toml")),
    ("vkp80", include_str!("../../assets/printers/vkp80.toml")),
];

/// A profile that is none.
#[derive(Debug, thiserror::Error)]
pub enum PrinterProfileError {
    /// No shipped profile has that name.
    #[error("no printer profile is called {0}")]
    Unknown(String),
    /// The file can't be read.
    #[error("the printer profile {file} can't be read: {cause}")]
    Unreadable {
        /// Which.
        file: String,
        /// What the system said.
        cause: String,
    },
    /// The file is no profile.
    #[error("the printer profile {name}: {cause}")]
    Wrong {
        /// Which.
        name: String,
        /// What is wrong with it.
        cause: String,
    },
}

/// The shipped profile of that name.
///
/// # Errors
/// Where there is none.
pub fn shipped(name: &str) -> Result<Profile, PrinterProfileError> {
    let (_, text) = SHIPPED
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| PrinterProfileError::Unknown(name.to_owned()))?;
    parse(name, text)
}

/// The profile in a site's own file.
///
/// # Errors
/// Where it can't be read or is wrong.
pub fn from_file(file: &Path) -> Result<Profile, PrinterProfileError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| PrinterProfileError::Unreadable { file: name.clone(), cause: error.to_string() })?;
    parse(&name, &text)
}

fn parse(name: &str, text: &str) -> Result<Profile, PrinterProfileError> {
    text.parse().map_err(|error: kiosk_escpos::ProfileError| PrinterProfileError::Wrong {
        name: name.to_owned(),
        cause: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_shipped_and_right() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/printers");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().into_string().unwrap().strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        files.sort();
        assert_eq!(files, SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
        for (name, _) in SHIPPED {
            shipped(name).unwrap();
        }
        assert!(matches!(shipped("nothing"), Err(PrinterProfileError::Unknown(_))));
    }
}
