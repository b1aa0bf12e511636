//! The device's end of a pseudo-terminal, so that a simulator stands behind a real port.
//!
//! The user's end is a name in `/dev/pts`, linked at a path that stays the same. Only simulators and tests use
//! this; a driver opens the path like any serial line.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;

use crate::{Link, LinkError, serial};

/// A device plugged in at a path.
///
/// ```
/// use std::time::Duration;
/// use kiosk_link::{Link, PortUrl, Pty, open};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("reader");
/// let mut device = Pty::open(&path)?;
/// let mut port = open(&PortUrl::Serial { path, baud: 115_200 })?;
/// port.send(b"?", Duration::from_secs(1))?;
/// let mut asked = [0; 8];
/// assert_eq!(device.receive(&mut asked, Duration::from_secs(1))?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Pty {
    link: PathBuf,
    plugged: Option<Plugged>,
}

#[derive(Debug)]
struct Plugged {
    device_end: OwnedFd,
    /// Held open so that the device's end does not fail while nobody else has the port open.
    users_end: OwnedFd,
    name: PathBuf,
}

impl Pty {
    /// Makes a pseudo-terminal and links its name at `link`. A symbolic link that is already there is replaced.
    ///
    /// # Errors
    /// `AlreadyExists` where something other than a symbolic link is at `link`, else what the system said.
    pub fn open(link: &Path) -> io::Result<Self> {
        let mut pty = Self { link: link.to_owned(), plugged: None };
        pty.plug()?;
        Ok(pty)
    }

    /// The path at which the port is linked while it is plugged in.
    #[must_use]
    pub fn link(&self) -> &Path {
        &self.link
    }

    /// Whether the port is there.
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.plugged.is_some()
    }

    /// Takes the port away: who has it open sees the device go, and the path names nothing.
    pub fn unplug(&mut self) {
        let Some(plugged) = self.plugged.take() else { return };
        // Only our own link: another simulator may have taken the path over.
        if fs::read_link(&self.link).is_ok_and(|target| target == plugged.name)
            && let Err(error) = fs::remove_file(&self.link)
        {
            log::warn!("{} is not removed: {error}", self.link.display());
        }
    }

    /// Puts a new port at the path; does nothing where one is there.
    ///
    /// # Errors
    /// As [`Pty::open`].
    pub fn plug(&mut self) -> io::Result<()> {
        if self.plugged.is_none() {
            let plugged = Plugged::new()?;
            replace_link(&plugged.name, &self.link)?;
            self.plugged = Some(plugged);
        }
        Ok(())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.unplug();
    }
}

impl Plugged {
    fn new() -> io::Result<Self> {
        let device_end = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        rustix::pty::grantpt(&device_end)?;
        rustix::pty::unlockpt(&device_end)?;
        let name = rustix::pty::ptsname(&device_end, Vec::new())?;
        let name = PathBuf::from(OsStr::from_bytes(name.as_bytes()));
        let users_end = rustix::fs::open(
            &name,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK,
            Mode::empty(),
        )?;
        // Raw and without echo before anybody opens it: an echo would come back as the user's own bytes.
        let mut settings = rustix::termios::tcgetattr(&users_end)?;
        settings.make_raw();
        rustix::termios::tcsetattr(&users_end, OptionalActions::Now, &settings)?;
        rustix::fs::fcntl_setfl(&device_end, OFlags::RDWR | OFlags::NONBLOCK)?;
        Ok(Self { device_end, users_end, name })
    }

    /// A user who was killed leaves the terminal marked exclusive for as long as our own end keeps it alive, and
    /// nobody but root could open it again. The file lock that a user takes beside goes with the user.
    fn forgive_exclusive(&self) {
        if let Err(error) = rustix::termios::ioctl_tiocnxcl(&self.users_end) {
            log::debug!("{} stays exclusive: {error}", self.name.display());
        }
    }
}

/// The device's end: what the port's user sent comes in, what is sent here goes to the user.
///
/// While unplugged it sends into nothing ([`LinkError::Gone`]) and receives silence.
impl Link for Pty {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        let plugged = self.plugged.as_ref().ok_or(LinkError::Gone)?;
        serial::send(plugged.device_end.as_fd(), bytes, within)
    }

    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
        let Some(plugged) = &self.plugged else {
            std::thread::sleep(within);
            return Ok(0);
        };
        plugged.forgive_exclusive();
        serial::receive(plugged.device_end.as_fd(), into, within)
    }
}

/// Puts a symbolic link at `link` in one step, so that its reader never finds nothing there.
fn replace_link(target: &Path, link: &Path) -> io::Result<()> {
    match fs::symlink_metadata(link) {
        Ok(there) if !there.file_type().is_symlink() => {
            let what = format!("{} is there and is no symbolic link", link.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        _ => {}
    }
    let mut beside = link.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    symlink(target, &beside)?;
    fs::rename(&beside, link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PortUrl, open};

    const A_WHILE: Duration = Duration::from_secs(5);

    struct Port {
        folder: tempfile::TempDir,
    }

    impl Port {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("port")
        }

        fn open(&self) -> Result<Box<dyn Link>, LinkError> {
            open(&PortUrl::Serial { path: self.path(), baud: 115_200 })
        }
    }

    /// All bytes, whatever they are: a terminal that is not raw would swallow or change some.
    fn every_byte() -> Vec<u8> {
        (0..=255).collect()
    }

    fn receive_all(link: &mut dyn Link, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 64];
        while bytes.len() < count {
            match link.receive(&mut buffer, A_WHILE).unwrap() {
                0 => panic!("silence after {} of {count} bytes", bytes.len()),
                more => bytes.extend(&buffer[..more]),
            }
        }
        bytes
    }

    #[test]
    fn every_byte_passes_both_ways_unchanged_and_without_echo() {
        let at = Port::new();
        let mut device = Pty::open(&at.path()).unwrap();
        let mut user = at.open().unwrap();
        user.send(&every_byte(), A_WHILE).unwrap();
        assert_eq!(receive_all(&mut device, 256), every_byte());
        assert_eq!(user.receive(&mut [0; 8], Duration::ZERO).unwrap(), 0, "no echo");
        device.send(&every_byte(), A_WHILE).unwrap();
        assert_eq!(receive_all(&mut *user, 256), every_byte());
    }

    #[test]
    fn the_device_outlives_its_users() {
        let at = Port::new();
        let mut device = Pty::open(&at.path()).unwrap();
        for round in 0..3_u8 {
            let mut user = at.open().unwrap();
            user.send(&[round], A_WHILE).unwrap();
            assert_eq!(receive_all(&mut device, 1), [round]);
            drop(user);
            assert_eq!(device.receive(&mut [0; 8], Duration::ZERO).unwrap(), 0);
        }
    }

    #[test]
    fn what_was_sent_before_the_port_was_opened_is_thrown_away() {
        let at = Port::new();
        let mut device = Pty::open(&at.path()).unwrap();
        device.send(b"stale", A_WHILE).unwrap();
        let mut user = at.open().unwrap();
        device.send(b"fresh", A_WHILE).unwrap();
        assert_eq!(receive_all(&mut *user, 5), b"fresh");
    }

    #[test]
    fn a_port_has_one_user() {
        let at = Port::new();
        let _device = Pty::open(&at.path()).unwrap();
        let _user = at.open().unwrap();
        assert!(matches!(at.open(), Err(LinkError::Busy { .. })));
    }

    #[test]
    fn unplugged_is_gone_and_plugged_is_back() {
        let at = Port::new();
        let mut device = Pty::open(&at.path()).unwrap();
        let mut user = at.open().unwrap();
        device.unplug();
        assert!(!device.is_plugged());
        assert!(matches!(user.receive(&mut [0; 8], A_WHILE), Err(LinkError::Gone)));
        assert!(matches!(user.send(b"?", A_WHILE), Err(LinkError::Gone)));
        assert!(matches!(at.open(), Err(LinkError::NotFound { .. })));
        assert!(matches!(device.send(b"!", A_WHILE), Err(LinkError::Gone)));
        device.plug().unwrap();
        let mut user = at.open().unwrap();
        device.send(b"!", A_WHILE).unwrap();
        assert_eq!(receive_all(&mut *user, 1), b"!");
    }

    #[test]
    fn a_device_that_takes_nothing_is_a_timeout() {
        let at = Port::new();
        let _device = Pty::open(&at.path()).unwrap();
        let mut user = at.open().unwrap();
        let much = vec![0x55; 1 << 20];
        assert!(matches!(user.send(&much, Duration::from_millis(50)), Err(LinkError::Timeout)));
    }

    #[test]
    fn a_user_that_takes_nothing_is_a_timeout() {
        let at = Port::new();
        let mut device = Pty::open(&at.path()).unwrap();
        let much = vec![0x55; 1 << 20];
        assert!(matches!(device.send(&much, Duration::from_millis(50)), Err(LinkError::Timeout)));
    }

    #[test]
    fn a_stale_link_is_replaced_and_a_file_is_not() {
        let at = Port::new();
        symlink("/dev/pts/kiosk-long-gone", at.path()).unwrap();
        let device = Pty::open(&at.path()).unwrap();
        assert!(at.open().is_ok());
        drop(device);
        assert!(fs::symlink_metadata(at.path()).is_err(), "removed with the device");
        fs::write(at.path(), "somebody's file").unwrap();
        assert_eq!(Pty::open(&at.path()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(at.path()).unwrap(), "somebody's file");
    }

    #[test]
    fn a_path_taken_over_by_another_is_left_to_it() {
        let at = Port::new();
        let first = Pty::open(&at.path()).unwrap();
        let second = Pty::open(&at.path()).unwrap();
        drop(first);
        assert!(at.open().is_ok());
        drop(second);
    }
}
