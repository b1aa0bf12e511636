//! A store that can't be had: the screen says so in plain words, nothing is touched, and the terminal serves by itself
//! once the store can be had again. And disks that fill up or take no writes.

use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::child::until;
use crate::desktop::Desktop;
use crate::site::Site;
use crate::terminal::{Scene, Terminal};

/// A terminal that is expected not to serve; what it says on its screen.
fn not_serving(site: &Site, desktop: &Desktop, words: &str) -> Terminal {
    let mut terminal = Terminal::start(site, desktop);
    terminal.hand.read("本机暂停服务");
    terminal.hand.read(words);
    // A way on, for whoever stands there.
    terminal.hand.read("请直接到窗口");
    assert!(terminal.process.is_running());
    terminal
}

fn ended(terminal: &mut Terminal) -> String {
    terminal.process.signal(Signal::TERM);
    assert_eq!(terminal.process.end().code(), Some(3));
    let err = terminal.errors();
    assert!(err.contains("  → "), "what to do: {err}");
    err
}

/// A hall with one ticket in its store, its terminal at its end.
fn with_a_ticket() -> Scene {
    let mut scene = Scene::set();
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    assert_eq!(scene.terminal.terminate(), Some(0));
    scene
}

#[test]
fn a_key_that_is_away_for_a_while_is_waited_for() {
    let mut scene = with_a_ticket();
    let (key, away) = (scene.site.path("secrets/store.key"), scene.site.path("store.key"));
    std::fs::rename(&key, &away).unwrap();
    scene.terminal = not_serving(&scene.site, &scene.desktop, "密钥不对或者不在");
    // It goes on in the other language, too.
    scene.terminal.press_here("English");
    scene.terminal.hand.read("Out of service");
    scene.terminal.press_here("中文");
    std::fs::rename(&away, &key).unwrap();
    scene.terminal.page("home");
    scene.terminal.device("ticket_dispenser", "ready");
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
    assert_eq!(scene.terminal.terminate(), Some(0));
}

#[test]
fn a_damaged_store_is_told_and_left_as_it_is() {
    let mut scene = with_a_ticket();
    let file = scene.site.data().join("kiosk.db");
    let whole = std::fs::read(&file).unwrap();
    // Its first page, as a bad sector leaves it.
    let mut damaged = whole.clone();
    damaged[..512].fill(0x5A);
    std::fs::write(&file, &damaged).unwrap();
    scene.terminal = not_serving(&scene.site, &scene.desktop, "数据目录请原样保留");
    let checked = scene.site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let err = ended(&mut scene.terminal);
    assert!(err.contains("damaged"), "{err}");
    assert_eq!(std::fs::read(&file).unwrap(), damaged, "a damaged store is evidence");
    let checked = scene.site.kiosk(&["check"]);
    assert!(
        checked.out.contains("the store is damaged") && checked.out.contains("backup"),
        "{}",
        checked.out
    );
    // The backup is put back.
    std::fs::write(&file, &whole).unwrap();
    scene.restart();
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
}

#[test]
fn a_damaged_page_in_the_middle_is_found_by_check() {
    let scene = with_a_ticket();
    let file = std::fs::File::options().write(true).open(scene.site.data().join("kiosk.db")).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 2..pages {
        // The head of a page of a tree: its kind, its count of cells and where they begin.
        file.write_all_at(&[0xFF; 8], page * 4096).unwrap();
    }
    let checked = scene.site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(checked.out.contains("the store is damaged"), "{}", checked.out);
}

#[test]
fn garbage_in_the_log_beside_the_store_costs_nothing_that_was_committed() {
    let mut scene = with_a_ticket();
    let log = scene.site.data().join("kiosk.db-wal");
    std::fs::write(&log, "this is no log of any store\n".repeat(500)).unwrap();
    scene.restart();
    assert_eq!(scene.terminal.status().unwrap()["queue"]["A"]["waiting"], 1);
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
}

/// A small disk in memory that a site's data folder stands on; only root can mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(kibibytes: u32) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("kiosk-disk-").tempdir().unwrap();
        let disk = Self(folder);
        let size = format!("size={kibibytes}k,mode=700");
        let mounted = disk.run("mount", &["-t", "tmpfs", "-o", &size, "kiosk-disk"]);
        if !mounted {
            println!("not tried: this user can't mount a small disk");
        }
        mounted.then_some(disk)
    }

    fn run(&self, command: &str, arguments: &[&str]) -> bool {
        Command::new(command).args(arguments).arg(self.0.path()).status().is_ok_and(|status| status.success())
    }

    fn remount(&self, how: &str) {
        until("the disk remounted", || self.run("mount", &["-o", &format!("remount,{how}")]).then_some(()));
    }

    /// Fills it to the last byte; the file to remove again.
    fn fill(&self) -> PathBuf {
        let filler = self.0.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        for piece in [4096, 1] {
            while file.write_all(&vec![0; piece]).is_ok() {}
        }
        filler
    }

    fn under(&self, site: &Site) {
        std::os::unix::fs::symlink(self.path(), site.data()).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.run("umount", &["--lazy"]);
    }
}

#[test]
fn a_full_disk_gives_no_number_and_loses_none() {
    let Some(disk) = SmallDisk::mount(4096) else { return };
    let mut scene = Scene::set_with(|site| disk.under(site));
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    scene.terminal.outbox_empty();
    let filler = disk.fill();
    // Some numbers may still find room in pages that are there; then it is said, and the way on is named.
    let mut given = 1;
    while given < 200 {
        scene.up_to_confirm("社会保障");
        scene.terminal.press("确认", "printing");
        let end = scene.terminal.report("an end", |status| {
            ["take_ticket", "trouble"].contains(&status["page"].as_str().unwrap_or_default())
        });
        if end["page"] == "trouble" {
            break;
        }
        given += 1;
        scene.terminal.press("完成", "home");
        scene.terminal.device("ticket_dispenser", "ready");
    }
    scene.terminal.hand.read("请直接到窗口");
    assert_ne!(scene.terminal.status().unwrap()["store"], "ok");
    let checked = scene.site.kiosk(&["check"]);
    assert!(checked.out.contains("FAIL  store"), "{}", checked.out);
    // Killed and started with the disk still full, it shows what it can.
    scene.terminal.process.signal(Signal::KILL);
    scene.terminal.process.end();
    scene.terminal.again(&scene.site, &scene.desktop);
    scene.terminal.hand.read("取号");
    std::fs::remove_file(filler).unwrap();
    scene.terminal.page("home");
    scene.terminal.device("ticket_dispenser", "ready");
    let next = scene.quick_ticket("社会保障");
    let next: u32 = next.trim_start_matches('A').parse().unwrap();
    assert!(next > given, "{next} after {given}");
    scene.terminal.outbox_empty();
    scene.platform.assert_once_in_order();
    let issued = scene.platform.events().iter().filter(|event| event["kind"] == "ticket.issued").count();
    assert_eq!(issued as u32, given + 1);
}

#[test]
fn a_disk_that_takes_no_writes_is_told_and_waited_for() {
    let Some(disk) = SmallDisk::mount(16 * 1024) else { return };
    let mut scene = Scene::set_with(|site| disk.under(site));
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    assert_eq!(scene.terminal.terminate(), Some(0));
    disk.remount("ro");
    scene.terminal = not_serving(&scene.site, &scene.desktop, "请联系技术人员");
    disk.remount("rw");
    scene.terminal.page("home");
    scene.terminal.device("ticket_dispenser", "ready");
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
}
