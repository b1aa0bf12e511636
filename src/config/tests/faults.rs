//! Each kind of fault is told with its line, its key, what is expected and the nearest word: a table.

use super::{FULL, told};

/// In [`FULL`], `from` becomes `to`; the one error stands at the line that begins with `line`, and reads `error`.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    // Unknown keys and tables.
    (
        "code = \"510823101000\"",
        "code = \"510823101000\"\ncolour = 1",
        "colour",
        "site.colour: is unknown; expected one of code, name, kind, ticket_url, time_zone, hours, holidays",
    ),
    (
        "recalls",
        "recals",
        "recals",
        "queue.recals: is unknown; expected one of priority_credit_minutes, recalls, no_show_return_after, no_show_returns, ticket_without_card; did you mean \"recalls\"?",
    ),
    (
        "[hall]",
        "[hal]",
        "[hal]",
        "hal: is unknown; expected one of site, terminal, class, window, queue, sound, devices, platform, hall, privacy; did you mean \"hall\"?",
    ),
    (
        "[devices.id_reader]",
        "[devices.card_reader]",
        "[devices.card",
        "devices.card_reader: is unknown; expected one of id_reader, ",
    ),
    (
        "seal_fields = false",
        "key = \"hunter2\"",
        "key = ",
        "platform.key: is unknown; expected one of profile, url, app_id, sign, key_file, platform_public_key_file, seal_fields, ca_file, insecure; did you mean \"key_file\"?",
    ),
    (
        "elder = 15",
        "older = 15",
        "priority",
        "queue.priority_credit_minutes.older: is unknown; expected one of elder, soldier, disabled, pregnant; did you mean \"elder\"?",
    ),
    // Missing keys and tables.
    ("name = \"社会保障\"\n", "", "[[class]]", "class[1].name: is missing; expected the class's name"),
    (
        "id = \"T01\"\n",
        "",
        "[terminal]",
        "terminal.id: is missing; expected 1 to 8 capital letters and digits, as in \"T01\"",
    ),
    (
        "port = \"usb://04b8:0e20\"\n",
        "",
        "[devices.receipt",
        "devices.receipt_printer.port: is missing; expected serial:///dev/NAME?baud=115200, usb://VID:PID[?serial=…|?path=1-2.3] or tcp://HOST:9100",
    ),
    (
        "[privacy]\nretention_days = 30\nstore_key_file = \"secrets/store.key\"\n",
        "",
        "[site]",
        "privacy: is missing; expected a table [privacy]",
    ),
    (
        "platform_public_key_file = \"secrets/platform.pub\"\n",
        "",
        "[platform]",
        "platform.platform_public_key_file: is missing; expected the platform's SM2 public key: with ",
    ),
    (
        "tls_key = \"hall.key\"\n",
        "",
        "[hall]",
        "hall.tls_key: is missing; expected it beside tls_cert, or neither",
    ),
    // Wrong types.
    (
        "code = \"510823101000\"",
        "code = 510823101000",
        "code",
        "site.code: is a whole number; expected the 12 digits of the site",
    ),
    (
        "recalls = 2",
        "recalls = \"2\"",
        "recalls",
        "queue.recalls: is a text; expected a whole number from 0 to 9",
    ),
    ("recalls = 2", "recalls = 2.0", "recalls", "queue.recalls: is a number with a point; expected a whole"),
    (
        "ticket_without_card = true",
        "ticket_without_card = 1",
        "ticket_w",
        "queue.ticket_without_card: is a whole number; expected true or false",
    ),
    ("hours = [", "hours = 9 # [", "hours", "site.hours: is a whole number; expected a list of 1 to 28"),
    (
        "[hall]\nlisten = \"0.0.0.0:8443\"\ntls_cert = \"hall.pem\"\ntls_key = \"hall.key\"\n",
        "[[hall]]\n",
        "[[hall]]",
        "hall: is a list; expected one table [hall]",
    ),
    (
        "[[devices.review_pad]]",
        "[devices.review_pad]",
        "[devices.rev",
        "devices.review_pad: is a table; expected tables [[devices.review_pad]], 200 at most",
    ),
    // Twice.
    (
        "recalls = 2",
        "recalls = 2\nrecalls = 3",
        "recalls = 3",
        "queue.recalls: is there twice, first in line 32; expected it once",
    ),
    ("[privacy]", "[hall]\n[privacy]", "[hall]\n[privacy]", "hall: is there twice; expected it once"),
    (
        "letter = \"B\"",
        "letter = \"A\"",
        "letter = \"A\"\nname = \"民",
        "class[2].letter: is there twice, first in line 14; expected a letter that no other class has",
    ),
    (
        "number = 2",
        "number = 1",
        "number = 1\nname = \"社",
        "window[2].number: is there twice, first in line 23; expected a number that no other window has",
    ),
    (
        "window = 1",
        "window = 7",
        "window = 7",
        "devices.review_pad[1].window: is 7, and there is no such window; expected one of the windows 1, 2",
    ),
    // Values that can't be.
    (
        "\"510823101000\"\nname",
        "\"51082310100\"\nname",
        "code",
        "site.code: is \"51082310100\"; expected the 12 digits of the site, as in \"510823101000\"",
    ),
    (
        "\"剑阁县普安镇便民服务中心\"",
        "\" \"",
        "name",
        "site.name: is \" \"; expected a text of 1 to 40 characters",
    ),
    (
        "kind = \"center\"",
        "kind = \"centre\"",
        "kind",
        "site.kind: is \"centre\"; expected one of \"center\", \"station\", \"room\"; did you mean \"center\"?",
    ),
    (
        "t/{code}",
        "t/{cod}",
        "ticket_url",
        "site.ticket_url: is \"https://hall.example/t/{cod}\"; expected https://… with {code} in it once, at most 200 bytes of ASCII without blanks; did you mean \"{code}\"?",
    ),
    (
        "Asia/Shanghai",
        "Asia/Shangai",
        "time_zone",
        "site.time_zone: is \"Asia/Shangai\"; expected a time zone's IANA name, as in \"Asia/Shanghai\"; did you mean \"Asia/Shanghai\"?",
    ),
    (
        "09:00-12:00 13",
        "09:00-13:01 13",
        "hours",
        "site.hours[1]: mon is open twice from 13:00; expected days and spans",
    ),
    (
        "hours = [\"mon-fri 09:00-12:00 13:00-17:00\"]",
        "hours = []",
        "hours",
        "site.hours: has 0 elements; expected a list of 1 to 28",
    ),
    (
        "13:00-17:00\"]",
        "13:00-17:00\",\n \"sun 08-09\"]",
        " \"sun",
        "site.hours[2]: \"08-09\" is no span of hours; expected",
    ),
    (
        "13:00-17:00\"]",
        "13:00-17:00\", \"tue 10:00-11:00\"]",
        "hours",
        "site.hours: tue is open twice from 10:00; expected",
    ),
    (
        "time_zone = \"Asia/Shanghai\"",
        "holidays = \"days.toml\"",
        "holidays",
        "site.holidays: names /nowhere/days.toml, which does not exist; expected a readable file",
    ),
    (
        "id = \"T01\"",
        "id = \"t01\"",
        "id",
        "terminal.id: is \"t01\"; expected 1 to 8 capital letters and digits",
    ),
    (
        "language = \"zh\"",
        "language = \"zn\"",
        "language",
        "terminal.language: is \"zn\"; expected one of \"zh\", \"en\"; did you mean \"zh\"?",
    ),
    (
        "\"portrait\"",
        "\"potrait\"",
        "orientation",
        "terminal.orientation: is \"potrait\"; expected one of \"portrait\", \"landscape\"; did you mean \"portrait\"?",
    ),
    (
        "letter = \"B\"",
        "letter = \"b\"",
        "letter = \"b\"",
        "class[2].letter: is \"b\"; expected one capital letter, as in \"A\"",
    ),
    (
        "\"001-500\"",
        "\"500-001\"",
        "numbers = \"500",
        "class[2].numbers: is \"500-001\"; expected FIRST-LAST of at most six digits",
    ),
    (
        "daily_limit = 200",
        "daily_limit = 1000",
        "daily",
        "class[1].daily_limit: is 1000; expected at most 999, as many as `numbers` has",
    ),
    (
        "daily_limit = 200",
        "daily_limit = 0",
        "daily",
        "class[1].daily_limit: is 0; expected a whole number from 1 to 999999",
    ),
    (
        "number = 2",
        "number = 0",
        "number = 0",
        "window[2].number: is 0; expected a whole number from 1 to 999",
    ),
    (
        "classes = [\"A\"]",
        "classes = [\"A\", \"C\"]",
        "classes = [\"A\"",
        "window[2].classes[2]: is \"C\", and there is no such class; expected one of the classes A, B",
    ),
    (
        "classes = [\"A\"]",
        "classes = [\"A\", \"A\"]",
        "classes = [\"A\"",
        "window[2].classes: names A twice; expected each letter once",
    ),
    (
        "classes = [\"A\"]",
        "classes = [\"A\", \"*\"]",
        "classes = [\"A\"",
        "window[2].classes: has \"*\" beside letters; expected [\"*\"] for all classes, or their letters",
    ),
    (
        "classes = [\"A\"]",
        "classes = []",
        "classes = []",
        "window[2].classes: has 0 elements; expected a list of 1 to 26",
    ),
    (
        "classes = [\"*\"]",
        "classes = [\"A\"]",
        "letter = \"B\"",
        "class[2].letter: is \"B\", which no window serves; expected a [[window]] with \"B\" or \"*\" in its classes",
    ),
    ("volume = 80", "volume = 101", "volume", "sound.volume: is 101; expected a whole number from 0 to 100"),
    (
        "volume = 80",
        "volum = 80",
        "volum",
        "sound.volum: is unknown; expected one of enabled, device, volume,",
    ),
    ("plughw:1", "plug hw", "device", "sound.device: is \"plug hw\"; expected the name of an ALSA device"),
    (
        "12:00-14:00",
        "14:00-12:00",
        "quiet",
        "sound.quiet[1]: \"14:00-12:00\" ends before it begins; expected hours",
    ),
    ("sat,sun", "sut", "quiet", "sound.quiet[2]: \"sut\" is no day; expected hours"),
    ("recalls = 2", "recalls = 10", "recalls", "queue.recalls: is 10; expected a whole number from 0 to 9"),
    ("recalls = 2", "recalls = -1", "recalls", "queue.recalls: is -1; expected a whole number from 0 to 9"),
    (
        "recalls = 2",
        "recalls = 99999999999999999999999",
        "recalls",
        "queue.recalls: is 99999999999999999999999; expected",
    ),
    (
        "soldier = 20",
        "soldier = 241",
        "priority",
        "queue.priority_credit_minutes.soldier: is 241; expected a whole number from 0 to 240",
    ),
    (
        "driver = \"sdt\"",
        "driver = \"std\"",
        "driver = \"std\"",
        "devices.id_reader.driver: is \"std\"; expected \"sdt\"; did you mean \"sdt\"?",
    ),
    (
        "none-0?baud=115200",
        "none-0",
        "port = \"serial:///dev/none-0",
        "devices.id_reader.port: is \"serial:///dev/none-0\"; expected serial:///dev/NAME?baud=115200 or usb://VID:PID[?serial=…|?path=1-2.3]",
    ),
    (
        "none-0?baud=115200",
        "none-0?baud=115000",
        "port = \"serial:///dev/none-0",
        "devices.id_reader.port: has baud=115000; expected a speed of 1200, 2400, ",
    ),
    (
        "serial:///dev/none-0?baud=115200",
        "tcp://10.0.0.1:9100",
        "port = \"tcp",
        "devices.id_reader.port: is \"tcp://10.0.0.1:9100\", a kind of port that it has not; expected serial:",
    ),
    (
        "profile = \"vkp80\"",
        "profile = \"vpk80\"",
        "profile = \"vpk80\"",
        "devices.ticket_dispenser.profile: is \"vpk80\"; expected one of vkp80, generic-80mm, or the path of a profile file; did you mean \"vkp80\"?",
    ),
    (
        "profile = \"vkp80\"",
        "profile = \"my/vkp80.toml\"",
        "profile = \"my",
        "devices.ticket_dispenser.profile: names /nowhere/my/vkp80.toml, which does not exist; expected one of",
    ),
    (
        "none-1?baud=115200",
        "none-0?baud=9600",
        "port = \"serial:///dev/none-0?baud=9600",
        "devices.ticket_dispenser.port: is the port of devices.id_reader (line 45) too; expected a port of its own: two devices can't share one",
    ),
    (
        "usb://0c2e:0901",
        "usb://04B8:0E20",
        "port = \"usb://04B8",
        "devices.code_scanner.port: is the port of devices.receipt_printer (line 53) too; expected a port of its own",
    ),
    (
        "usb://0c2e:0901",
        "serial:///dev/none-9?baud=9600",
        "port = \"serial:///dev/none-9",
        "devices.code_scanner.port: is \"serial:///dev/none-9?baud=9600\", a kind of port that it has not; expected usb://VID:PID[?serial=…|?path=1-2.3]",
    ),
    (
        "ipp://10.0.0.20/ipp/print",
        "http://10.0.0.20/ipp/print",
        "port = \"http",
        "devices.document_printer.port: is an address of http; expected ipp://HOST/ipp/print",
    ),
    (
        "profile = \"open\"",
        "profile = \"opne\"",
        "profile = \"opne",
        "platform.profile: is \"opne\"; expected one of none, open, gateway, or the path of a profile file; did you mean \"open\"?",
    ),
    (
        "https://platform.example",
        "http://platform.example",
        "url",
        "platform.url: is plain http to another machine; expected https, or `insecure = true` beside it",
    ),
    (
        "https://platform.example",
        "https://me:pw@platform.example",
        "url",
        "platform.url: cannot be: it has a user or password in it, and secrets are never in this file; expected an address",
    ),
    (
        "T01-510823101000",
        "T01 x",
        "app_id",
        "platform.app_id: is \"T01 x\"; expected 1 to 64 characters of ASCII without blanks",
    ),
    (
        "\"SM2-SM3\"",
        "\"SM2\"",
        "sign",
        "platform.sign: is \"SM2\"; expected one of \"SM2-SM3\", \"HMAC-SM3\"; did you mean \"SM2-SM3\"?",
    ),
    ("\"secrets/platform.key\"", "\"\"", "key_file", "platform.key_file: is \"\"; expected a path"),
    (
        "\"0.0.0.0:8443\"",
        "\"localhost\"",
        "listen",
        "hall.listen: is \"localhost\"; expected an address and a port",
    ),
    (
        "retention_days = 30",
        "retention_days = 0",
        "retention",
        "privacy.retention_days: is 0; expected a whole number from 1 to 3650",
    ),
];

#[test]
fn each_fault_is_told_with_its_line_key_expectation_and_nearest_word() {
    for (from, to, line, error) in FAULTS {
        assert!(FULL.contains(from), "{from}");
        let text = FULL.replacen(from, to, 1);
        let offset = text.find(&format!("\n{line}")).map_or(0, |newline| newline + 1);
        let line = text[..offset].matches('\n').count() + 1;
        let told = told(&text);
        let expected = format!("/nowhere/site.toml:{line}: {error}");
        assert!(told.iter().any(|one| one.starts_with(&expected)), "{to}\n{expected}\n{}", told.join("\n"));
        assert!(!told.join("\n").contains("hunter2"), "a value of an unknown key is never shown");
    }
}
