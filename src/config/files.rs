//! Files that the configuration names and that must be there before the terminal runs: keys and certificates.
//!
//! They are looked at apart from reading the configuration, since keys are made with its help. Their content
//! is never read here.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Config;
use super::error::{ConfigError, ConfigErrors, Fault, Place, Refusal};
use super::reader::Section;
use super::values::path;
use crate::secret_file::{Keeper, LARGEST};

/// A file by its resolved path, and the key that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Absolute, or relative to the working directory where the configuration's own path was.
    pub path: PathBuf,
    /// Where the configuration names it.
    pub at: Place,
}

pub(super) fn optional_file(section: &mut Section<'_>, key: &'static str, base: &Path) -> Option<NamedFile> {
    let path = section.optional(key, path(base))?;
    Some(NamedFile { path, at: section.place_of(key) })
}

pub(super) fn required_file(
    section: &mut Section<'_>,
    key: &'static str,
    expected: &str,
    base: &Path,
) -> Option<NamedFile> {
    let path = section.required(key, expected, path(base))?;
    Some(NamedFile { path, at: section.place_of(key) })
}

impl Config {
    /// Looks at each named key and certificate: there, a regular file, neither empty nor larger than 64 KiB,
    /// secrets for their owner alone (mode 0600 or 0400), the others not to be changed by group or others.
    ///
    /// A service manager hands out credentials in a folder of its own, which it guards itself; pass that folder
    /// ([`crate::secret_file::credentials_folder`]) as `credentials`, and files in it may be readable by their group.
    ///
    /// # Errors
    /// All files that are absent or unfit.
    pub fn check_files(&self, credentials: Option<&Path>) -> Result<(), ConfigErrors> {
        let mut secrets = vec![&self.privacy.store_key_file];
        let mut public = Vec::new();
        if let Some(platform) = &self.platform {
            secrets.push(&platform.key_file);
            public.extend(platform.platform_public_key_file.as_ref());
            public.extend(platform.ca_file.as_ref());
        }
        if let Some(tls) = self.hall.as_ref().and_then(|hall| hall.tls.as_ref()) {
            secrets.push(&tls.key);
            public.push(&tls.cert);
        }
        let secrets =
            secrets.into_iter().map(|file| (file, Guard::Secret(Keeper::of(&file.path, credentials))));
        let public = public.into_iter().map(|file| (file, Guard::Unchanged));
        let refused = secrets.chain(public).filter_map(|(file, guard)| {
            let Refusal { fault, expected, nearest } = guard.check(&file.path).err()?;
            let Place { line, key } = file.at.clone();
            Some(ConfigError { file: self.file.clone(), line, key, fault, expected, nearest })
        });
        ConfigErrors::of(refused.collect()).map_or(Ok(()), Err)
    }
}

/// Whom a file is kept from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// Nobody but its keeper's people read it.
    Secret(Keeper),
    /// Everybody may read it, the owner alone may change it.
    Unchanged,
}

impl Guard {
    fn check(self, file: &Path) -> Result<(), Refusal> {
        let (forbidden, mode) = match self {
            Self::Secret(keeper @ Keeper::Owner) => (keeper.forbidden(), "a file of mode 0600 (chmod 600)"),
            Self::Secret(keeper @ Keeper::ServiceManager) => {
                (keeper.forbidden(), "a credential that others cannot read")
            }
            Self::Unchanged => (0o022, "a file that its owner alone may change (chmod 644)"),
        };
        let unfit = |why: String| Refusal::new(Fault::FileUnfit { file: file.to_owned(), why }, mode);
        let found: Metadata = std::fs::metadata(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Refusal::new(Fault::FileAbsent(file.to_owned()), mode),
            _ => unfit(format!("which cannot be looked at: {error}")),
        })?;
        if !found.is_file() {
            return Err(unfit("which is no regular file".to_owned()));
        }
        if found.mode() & forbidden != 0 {
            return Err(unfit(format!("whose mode is {:04o}", found.mode() & 0o7777)));
        }
        match found.len() {
            0 => Err(unfit("which is empty".to_owned())),
            size if size > LARGEST as u64 => Err(unfit("which is larger than 64 KiB".to_owned())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_guard_looks_at_mode_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let owner = Guard::Secret(Keeper::Owner);
        let verdict = |guard: Guard| guard.check(&file).map_err(|refusal| refusal.fault.to_string());
        assert!(verdict(owner).unwrap_err().contains("does not exist"));
        std::fs::write(&file, b"key").unwrap();
        let table = [
            (0o600, [true, true, true]),
            (0o400, [true, true, true]),
            (0o440, [false, true, true]),
            (0o640, [false, true, true]),
            (0o644, [false, false, true]),
            (0o660, [false, false, false]),
            (0o666, [false, false, false]),
        ];
        for (mode, good) in table {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
            let guards = [owner, Guard::Secret(Keeper::ServiceManager), Guard::Unchanged];
            assert_eq!(guards.map(|guard| verdict(guard).is_ok()), good, "{mode:o}");
        }
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&file, b"").unwrap();
        assert!(verdict(owner).unwrap_err().ends_with("which is empty"));
        std::fs::write(&file, vec![0; 70_000]).unwrap();
        assert!(verdict(owner).unwrap_err().ends_with("larger than 64 KiB"));
        assert!(owner.check(folder.path()).unwrap_err().fault.to_string().ends_with("no regular file"));
    }
}
