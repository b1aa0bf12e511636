//! Why a profile or a document could not be used. What became of a print job is no error but an outcome.

/// A profile file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, an unknown or missing key, a wrong type, or an impossible value; the text names line and key.
    #[error("printer profile: {0}")]
    Toml(#[from] toml::de::Error),
}

/// A value in a profile that contradicts another or can't be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A number outside what the command or the paper takes.
    #[error("{key} is {value}, expected {expected}")]
    Range {
        /// The key as written in the file.
        key: &'static str,
        /// What stands there.
        value: u32,
        /// What may stand there.
        expected: &'static str,
    },
    /// One key asks for another.
    #[error("{key} needs {needs}")]
    Needs {
        /// The key as written in the file.
        key: &'static str,
        /// What must be there too.
        needs: &'static str,
    },
    /// Two keys that can't stand together.
    #[error("{key} can't stand beside {other}")]
    Excludes {
        /// One key.
        key: &'static str,
        /// The other key.
        other: &'static str,
    },
}

/// A document that this printer can't print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The profile has no way to draw a code as dots.
    #[error("the printer profile has no image command, which {count} codes need")]
    NoImageCommand {
        /// How many codes of the document.
        count: usize,
    },
    /// The data of a QR code is longer than a code holds, or than the paper is wide.
    #[error("a QR code of {bytes} bytes does not fit on {dots} dots of paper")]
    QrTooLarge {
        /// Length of the data.
        bytes: usize,
        /// Printable width of the paper.
        dots: u32,
    },
    /// The data of a QR code is empty or holds control characters, which the printer could take for commands.
    #[error("the data of a QR code is empty or holds control characters")]
    QrData,
    /// The encoded job would hold a sequence that the printer executes at once wherever it stands.
    #[error("the job would hold a real-time command at byte {at}")]
    LiveSequence {
        /// Offset in the job's bytes.
        at: usize,
    },
}
