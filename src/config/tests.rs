//! The whole reader: a full sample parses, rules between tables hold, files are looked at.

mod faults;
mod hostile;

use std::path::Path;

use jiff::civil::datetime;

use super::*;
use crate::domain::class::ClassLetter;
use crate::domain::hours::DoorState;
use crate::domain::priority::Priority;
use crate::domain::window::Serves;

const KNOWN: Known<'_> = Known {
    languages: &["zh", "en"],
    printer_profiles: &["vkp80", "generic-80mm"],
    platform_profiles: &["open", "gateway"],
};

/// Every table and key.
const FULL: &str = r#"[site]
code = "510823101000"
name = "剑阁县普安镇便民服务中心"
kind = "center"
ticket_url = "https://hall.example/t/{code}"
time_zone = "Asia/Shanghai"
hours = ["mon-fri 09:00-12:00 13:00-17:00"]
[terminal]
id = "T01"
data_dir = "data"
language = "zh"
orientation = "portrait"
[[class]]
letter = "A"
name = "社会保障"
numbers = "001-999"
daily_limit = 200
[[class]]
letter = "B"
name = "民政救助"
numbers = "001-500"
[[window]]
number = 1
name = "综合窗口"
classes = ["*"]
[[window]]
number = 2
name = "社保窗口"
classes = ["A"]
[queue]
priority_credit_minutes = { elder = 15, soldier = 20, disabled = 20, pregnant = 15 }
recalls = 2
no_show_return_after = 3
no_show_returns = 1
ticket_without_card = true
[sound]
enabled = true
device = "plughw:1"
volume = 80
quiet = ["12:00-14:00", "sat,sun 08:00-10:00"]
quiet_volume = 10
clips = "clips"
[devices.id_reader]
driver = "sdt"
port = "serial:///dev/none-0?baud=115200"
[devices.ticket_dispenser]
driver = "escpos"
profile = "vkp80"
port = "serial:///dev/none-1?baud=115200"
[devices.receipt_printer]
driver = "escpos"
profile = "generic-80mm"
port = "usb://04b8:0e20"
[devices.document_printer]
driver = "ipp"
port = "ipp://10.0.0.20/ipp/print"
[devices.code_scanner]
driver = "keyboard"
port = "usb://0c2e:0901"
[[devices.review_pad]]
window = 1
driver = "keys5"
port = "serial:///dev/none-2?baud=9600"
[platform]
profile = "open"
url = "https://platform.example/api"
app_id = "T01-510823101000"
sign = "SM2-SM3"
key_file = "secrets/platform.key"
platform_public_key_file = "secrets/platform.pub"
seal_fields = false
ca_file = "ca.pem"
insecure = false
[hall]
listen = "0.0.0.0:8443"
tls_cert = "hall.pem"
tls_key = "hall.key"
[privacy]
retention_days = 30
store_key_file = "secrets/store.key"
"#;

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("/nowhere/site.toml"), &KNOWN)
}

fn told(text: &str) -> Vec<String> {
    parse(text).map_or_else(|errors| errors.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn the_full_sample_is_read_whole() {
    let config = parse(FULL).unwrap();
    assert_eq!(config.site.code, "510823101000");
    assert_eq!(config.site.kind, SiteKind::Center);
    assert_eq!(config.site.time_zone.iana_name(), Some("Asia/Shanghai"));
    let noon = config.site.opening.state_at(datetime(2026, 11, 24, 12, 30, 0, 0));
    assert_eq!(noon, DoorState::Closed { next: Some(datetime(2026, 11, 24, 13, 0, 0, 0)) });
    assert_eq!(config.terminal.data_dir, Path::new("/nowhere/data"));
    assert_eq!(config.classes.len(), 2);
    assert_eq!(config.classes[0].daily_limit, Some(200));
    assert_eq!(config.classes[1].numbers.last(), 500);
    assert_eq!(config.windows[0].serves, Serves::All);
    assert_eq!(config.windows[1].serves, Serves::Only(vec![ClassLetter::new('A').unwrap()]));
    assert_eq!(config.queue, Queue::default());
    let sound = &config.sound;
    assert_eq!((sound.enabled, sound.device.as_str(), sound.volume), (true, "plughw:1", 80));
    assert_eq!((sound.quiet_volume, sound.clips.as_deref()), (10, Some(Path::new("/nowhere/clips"))));
    let quiet = |day, hour| {
        let quiet = sound.quiet.as_ref().unwrap().state_at(datetime(2026, 11, day, hour, 30, 0, 0));
        matches!(quiet, DoorState::Open { .. })
    };
    assert_eq!([quiet(24, 13), quiet(24, 8), quiet(28, 8), quiet(28, 10)], [true, false, true, false]);
    let devices = &config.devices;
    assert_eq!(devices.receipt_printer.as_ref().unwrap().port, "usb://04b8:0e20".parse().unwrap());
    assert_eq!(devices.document_printer.as_ref().unwrap().port.port(), 631);
    assert_eq!(devices.code_scanner.as_ref().unwrap().driver, CodeScannerDriver::Keyboard);
    assert_eq!((devices.review_pads[0].window, devices.review_pads[0].address), (1, 1));
    let platform = config.platform.unwrap();
    assert_eq!(platform.url.to_string(), "https://platform.example/api");
    assert_eq!((platform.sign, platform.sign.code()), (Sign::Sm2Sm3, "SM2-SM3"));
    assert_eq!(platform.key_file.path, Path::new("/nowhere/secrets/platform.key"));
    assert_eq!(config.hall.unwrap().listen.port(), 8443);
    assert_eq!(config.privacy.store_key_file.at, Place { line: 80, key: "privacy.store_key_file".into() });
}

#[test]
fn the_least_is_enough_for_a_village_room() {
    let text = r#"
        site = { code = "510823101201", name = "示例村便民服务室", kind = "room" }
        terminal = { id = "R1", data_dir = "/var/lib/kiosk" }
        platform = { profile = "none" }
        privacy = { store_key_file = "store.key" }
        class = [{ letter = "A", name = "综合", numbers = "1-99" }]
    "#;
    let config = parse(text).unwrap();
    assert!(config.platform.is_none() && config.hall.is_none() && config.windows.is_empty());
    assert_eq!(config.devices, Devices::default());
    assert_eq!(config.sound, Sound::default());
    assert_eq!(config.terminal.language, "zh");
    assert_eq!(config.terminal.orientation, Orientation::Portrait);
    assert_eq!(config.queue.credit_minutes(Priority::Soldier), 20);
    assert_eq!(config.privacy.retention_days, 30);
    let always = config.site.opening.state_at(datetime(2026, 1, 1, 3, 0, 0, 0));
    assert_eq!(always, DoorState::Open { until: None });
}

#[test]
fn shipped_examples_are_right() {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/site.toml"));
    let config = Config::load(file, &KNOWN).map_err(|errors| errors.to_string()).unwrap();
    let holiday = config.site.opening.state_at(datetime(2026, 10, 1, 10, 0, 0, 0));
    assert_eq!(holiday, DoorState::Closed { next: Some(datetime(2026, 10, 8, 9, 0, 0, 0)) });
}

#[test]
fn all_faults_are_told_at_once_and_none_that_only_follows_from_another() {
    let text = FULL
        .replace("kind = \"center\"", "kind = \"hall\"")
        .replace("letter = \"B\"", "letter = \"BB\"")
        .replace("classes = [\"A\"]", "classes = [\"B\"]")
        .replace("recalls = 2", "recalls = 99\nfoo = 1")
        .replace("[privacy]", "[private]");
    let keys: Vec<String> = parse(&text).unwrap_err().iter().map(|error| error.key.clone()).collect();
    assert_eq!(keys, ["privacy", "site.kind", "class[2].letter", "queue.recalls", "queue.foo", "private"]);
}

#[test]
fn rules_between_tables_know_their_exceptions() {
    let replaced = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(FULL.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    };
    let document = "[devices.document_printer]\ndriver = \"ipp\"\nport = \"ipp://10.0.0.20/ipp/print\"\n";
    let public_key = "platform_public_key_file = \"secrets/platform.pub\"\n";
    let second_pad =
        |pad: &str| format!("[[devices.review_pad]]\nwindow = 2\ndriver = \"keys5\"\n{pad}\n[platform]");
    let windows = "[[window]]\nnumber = 1\nname = \"综合窗口\"\nclasses = [\"*\"]\n[[window]]\nnumber = 2\nname = \"社保窗口\"\nclasses = [\"A\"]\n";
    let pad =
        "[[devices.review_pad]]\nwindow = 1\ndriver = \"keys5\"\nport = \"serial:///dev/none-2?baud=9600\"\n";
    let good: [(&str, &[(&str, &str)]); 7] = [
        ("HMAC needs no public key", &[(document, ""), (public_key, ""), ("SM2-SM3", "HMAC-SM3")]),
        ("plain http to this machine", &[("https://platform.example/api", "http://127.0.0.1:9")]),
        (
            "plain http that was asked for",
            &[("https://p", "http://p"), ("insecure = false", "insecure = true")],
        ),
        (
            "pads on one line",
            &[("[platform]", &second_pad("address = 2\nport = \"serial:///dev/none-2?baud=9600\""))],
        ),
        ("a room without windows", &[("\"center\"", "\"room\""), (windows, ""), (pad, "")]),
        ("a site without a network", &[("profile = \"open\"", "profile = \"none\"")]),
        (
            "a scanner on a line",
            &[("\"keyboard\"", "\"serial\""), ("usb://0c2e:0901", "serial:///dev/none-8?baud=9600")],
        ),
    ];
    for (what, pairs) in good {
        assert_eq!(told(&replaced(pairs)), [""; 0], "{what}");
    }
    let bad: [(&[(&str, &str)], &str); 6] = [
        (
            &[(public_key, ""), ("SM2-SM3", "HMAC-SM3")],
            "platform.platform_public_key_file: is missing; expected the platform's SM2 public key: with [devices.document_printer]",
        ),
        (
            &[
                (document, ""),
                (public_key, ""),
                ("SM2-SM3", "HMAC-SM3"),
                ("seal_fields = false", "seal_fields = true"),
            ],
            "with seal_fields residents are sealed",
        ),
        (
            &[("[platform]", &second_pad("port = \"serial:///dev/none-2?baud=9600\""))],
            "or the same line and speed with another `address`",
        ),
        (
            &[("[platform]", &second_pad("address = 2\nport = \"serial:///dev/none-2?baud=19200\""))],
            "or the same line and speed with another `address`",
        ),
        (&[(windows, ""), (pad, "")], "class[1].letter: is \"A\", which no window serves"),
        (
            &[
                ("window = 1", "window = 2"),
                ("[platform]", &second_pad("port = \"serial:///dev/none-7?baud=9600\"")),
            ],
            "devices.review_pad[2].window: is there twice, first in line",
        ),
    ];
    for (pairs, error) in bad {
        let told = told(&replaced(pairs)).join("\n");
        assert!(told.contains(error), "{error}\n{told}");
    }
}

#[test]
fn one_line_by_two_names_is_one_port() {
    let folder = tempfile::tempdir().unwrap();
    let (line, link) = (folder.path().join("line"), folder.path().join("link"));
    std::fs::write(&line, b"").unwrap();
    std::os::unix::fs::symlink(&line, &link).unwrap();
    let text =
        FULL.replace("/dev/none-0", line.to_str().unwrap()).replace("/dev/none-1", link.to_str().unwrap());
    assert!(told(&text).join("\n").contains("is the port of devices.id_reader (line 45) too"));
}

#[test]
fn files_are_looked_at_apart_and_told_with_the_line_that_names_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("site.toml");
    std::fs::write(&file, FULL).unwrap();
    let config = Config::load(&file, &KNOWN).unwrap();
    let keys = |config: &Config, credentials: Option<&Path>| -> Vec<String> {
        let checked = config.check_files(credentials);
        checked.map_or_else(|errors| errors.iter().map(|error| error.key.clone()).collect(), |()| Vec::new())
    };
    let all = [
        "platform.key_file",
        "platform.platform_public_key_file",
        "platform.ca_file",
        "hall.tls_cert",
        "hall.tls_key",
        "privacy.store_key_file",
    ];
    assert_eq!(keys(&config, None), all);
    std::fs::create_dir(folder.path().join("secrets")).unwrap();
    for name in [
        "secrets/platform.key",
        "secrets/platform.pub",
        "ca.pem",
        "hall.pem",
        "hall.key",
        "secrets/store.key",
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, b"x").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    }
    assert_eq!(keys(&config, None), ["platform.key_file", "hall.tls_key", "privacy.store_key_file"]);
    assert_eq!(keys(&config, Some(&folder.path().join("secrets"))), ["hall.tls_key"]);
    let told = config.check_files(None).unwrap_err().to_string();
    assert!(told.contains("site.toml:80: privacy.store_key_file: names "), "{told}");
    assert!(told.contains("whose mode is 0640; expected a file of mode 0600 (chmod 600)"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("site.toml");
    let told = || Config::load(&file, &KNOWN).unwrap_err().to_string();
    assert!(told().contains("site.toml:1: cannot be read: "), "{}", told());
    std::fs::write(&file, b"\xff\xfe").unwrap();
    assert!(told().contains("cannot be read: "), "{}", told());
    std::fs::write(&file, vec![b'#'; (64 << 10) + 1]).unwrap();
    assert!(told().contains("larger than 64 KiB"), "{}", told());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(told().contains("no regular file"), "{}", told());
    let holidays = folder.path().join("holidays.toml");
    std::fs::write(&holidays, "[[off]]\nfrom = 1\n").unwrap();
    let text = FULL.replace("time_zone", "holidays = \"holidays.toml\"\ntime_zone");
    let told = Config::parse(&text, &folder.path().join("a.toml"), &KNOWN).unwrap_err().to_string();
    assert_eq!(
        told,
        format!(
            "{}:2: off[1].from: is a whole number; expected a date without quotes, as in 2026-10-01",
            holidays.display()
        )
    );
}

#[test]
fn an_empty_file_names_every_table_that_it_lacks() {
    let keys: Vec<String> = parse("").unwrap_err().iter().map(|error| error.key.clone()).collect();
    assert_eq!(keys, ["platform", "privacy", "site", "terminal"]);
}
