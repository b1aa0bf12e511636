//! The command line: exit codes, help with an example everywhere, completions and man page.

use std::path::Path;

use crate::site::{Site, run_kiosk};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["run"],
    &["check"],
    &["status"],
    &["sandbox"],
    &["simulate"],
    &["simulate", "id-reader"],
    &["simulate", "printer"],
    &["outbox"],
    &["outbox", "list"],
    &["outbox", "retry"],
    &["outbox", "export"],
    &["keys"],
    &["keys", "make"],
    &["completions"],
    &["man"],
];

#[test]
fn help_is_everywhere_and_has_an_example() {
    let mut without = Vec::new();
    for command in COMMANDS {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = run_kiosk(&arguments);
        assert_eq!(help.code, Some(0), "{command:?}: {help:?}");
        assert!(help.err.is_empty(), "{command:?}: {help:?}");
        assert!(help.out.contains("Usage: kiosk"), "{command:?}: {}", help.out);
        let example =
            help.out.lines().skip_while(|line| !line.starts_with("Example")).nth(1).unwrap_or_default();
        if !example.trim_start().starts_with(&format!("kiosk {}", command.join(" ")).trim_end().to_owned()) {
            without.push(command);
        }
    }
    assert!(without.is_empty(), "no example of their own: {without:?}");
}

#[test]
fn wrong_usage_is_2_and_what_cannot_go_on_is_3() {
    let site = Site::new();
    let toml = site.path("site.toml").display().to_string();
    let nowhere = site.path("no/such/folder/link").display().to_string();
    let key = site.path("secrets/platform.key").display().to_string();
    let data = site.path("sandbox").display().to_string();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let table: &[(&[&str], i32, &str)] = &[
        (&[], 2, "Usage"),
        (&["dance"], 2, "dance"),
        (&["run"], 2, "--config"),
        (&["run", "--config"], 2, "--config"),
        (&["demo", "--seed", "many"], 2, "--seed"),
        (&["simulate", "typewriter", "--link", "/tmp/x"], 2, "typewriter"),
        (&["simulate", "id-reader"], 2, "--link"),
        (&["simulate", "printer"], 2, "--tcp"),
        (&["simulate", "printer", "--link", &nowhere, "--profile", "quill"], 2, "quill"),
        (&["sandbox", "--listen", "everywhere", "--data", &data, "--key", &key], 2, "everywhere"),
        (&["keys"], 2, "make"),
        (&["outbox"], 2, "export"),
        (&["outbox", "list"], 2, "--config"),
        (&["outbox", "retry", "--config", &toml], 2, "<ID>"),
        (&["outbox", "retry", "--config", &toml, "seven"], 2, "seven"),
        (&["outbox", "list", "--config", &nowhere], 2, "cannot be read"),
        (&["outbox", "list", "--config", &toml], 3, "no store"),
        (&["outbox", "retry", "--config", &toml, "--all"], 3, "no store"),
        (&["check", "--config", &nowhere], 2, "cannot be read"),
        (&["status", "--config", &toml], 3, "no terminal runs"),
        (&["run", "--config", &toml], 3, "no display"),
        (&["demo"], 3, "no display"),
        (&["simulate", "id-reader", "--link", &nowhere], 3, "no pseudo-terminal"),
        (&["sandbox", "--listen", &port, "--data", &data, "--key", &key], 3, &port),
        (&["sandbox", "--listen", "127.0.0.1:0", "--data", &data, "--key", &nowhere], 3, "link"),
    ];
    for (arguments, code, word) in table {
        if arguments[..] == ["run", "--config", &toml] && Path::new("/dev/dri").exists() {
            // This machine may have a screen that the terminal would take.
            continue;
        }
        let ended = run_kiosk(arguments);
        assert_eq!(ended.code, Some(*code), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(word), "{arguments:?}: {word:?} in {}", ended.err);
        assert!(ended.out.is_empty(), "{arguments:?}: {}", ended.out);
        if *code == 3 {
            assert_eq!(
                ended.err.trim_end().lines().count(),
                2,
                "one line what, one what to do: {}",
                ended.err
            );
            assert!(ended.err.lines().nth(1).unwrap().trim_start().starts_with('→'), "{}", ended.err);
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    let told = run_kiosk(&["--version"]);
    assert_eq!((told.code, told.out.trim_end()), (Some(0), concat!("kiosk ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn completions_and_the_man_page_are_generated() {
    for shell in ["bash", "zsh", "fish"] {
        let made = run_kiosk(&["completions", shell]);
        assert_eq!(made.code, Some(0), "{shell}");
        for word in ["kiosk", "simulate", "sandbox"] {
            assert!(made.out.contains(word), "{shell}: {word}");
        }
    }
    let page = run_kiosk(&["man"]);
    assert_eq!(page.code, Some(0));
    assert!(page.out.contains(".TH kiosk 1"), "{}", page.out);
    for command in COMMANDS.iter().filter(|command| command.len() == 1) {
        assert!(page.out.contains(command[0]), "{command:?} in the man page");
    }
}
