//! What the pages name must exist: words in both languages, icons in the folder; and the colours
//! they are drawn in must be told apart by weak eyes.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of every `.slint` file, with its path.
fn pages() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "slint") {
                found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&here(), &mut found);
    assert!(found.len() > 20, "the pages were not found");
    found
}

fn language(name: &str) -> BTreeMap<String, String> {
    let path = here().join(format!("../assets/lang/{name}.toml"));
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    table.into_iter().map(|(key, value)| (key, value.as_str().unwrap().to_owned())).collect()
}

/// Every string literal of a page, comments left out.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("import"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Looks like a key of a language file: lower-case words joined by dots.
fn is_key(literal: &str) -> bool {
    literal.contains('.')
        && !literal.starts_with('.')
        && !literal.ends_with(".slint")
        && literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-')
        && literal.chars().any(|c| c.is_ascii_lowercase())
}

#[test]
fn every_word_of_the_pages_is_in_both_languages() {
    let (zh, en) = (language("zh"), language("en"));
    let mut asked = BTreeSet::new();
    for (path, text) in pages() {
        let said = text
            .match_indices("Words.say(\"")
            .filter_map(|(at, open)| text[at + open.len()..].split('"').next());
        for key in said.chain(literals(&text).filter(|literal| is_key(literal))) {
            assert!(zh.contains_key(key), "{} asks for {key:?}, zh.toml has no such word", path.display());
            assert!(en.contains_key(key), "{} asks for {key:?}, en.toml has no such word", path.display());
            asked.insert(key.to_owned());
        }
    }
    assert!(asked.len() > 80, "only {} words were found: the search is broken", asked.len());
}

#[test]
fn both_languages_have_the_same_words_with_the_same_places_to_fill() {
    let (zh, en) = (language("zh"), language("en"));
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (key, chinese) in &zh {
        assert!(!chinese.trim().is_empty() && !en[key].trim().is_empty(), "{key} is empty");
        for place in ["{0}", "{1}", "{2}"] {
            let (here, there) = (chinese.contains(place), en[key].contains(place));
            assert_eq!(here, there, "{place} of {key}");
        }
    }
}

#[test]
fn the_names_that_people_look_for_are_exact() {
    let named = [
        ("home.tile.ticket", "取号", "Take a number"),
        ("home.tile.certificate", "打印证明", "Print a certificate"),
        ("home.tile.guide", "办事指南", "Service guide"),
        ("home.tile.rate", "服务评价", "Rate a service"),
        ("home.tile.cases", "办件进度", "My cases"),
        ("home.tile.requests", "预约与代办", "Appointments and help"),
        ("home.tile.hall", "信息公开", "Public information"),
        ("dock.back", "返回", "Back"),
        ("dock.home", "首页", "Home"),
        ("dock.repeat", "再听", "Repeat"),
        ("dock.language", "English", "中文"),
        ("dock.elder", "关怀模式", "Easy mode"),
        ("dock.contrast", "高对比", "Contrast"),
        ("home.tile.more", "更多服务", "More services"),
        ("help.button", "请人帮忙", "Ask for help"),
        ("dialog.confirm", "确认", "Confirm"),
        ("dialog.cancel", "取消", "Cancel"),
        ("card.without", "无证取号", "Go on without a card"),
    ];
    let (zh, en) = (language("zh"), language("en"));
    for (key, chinese, english) in named {
        assert_eq!((zh[key].as_str(), en[key].as_str()), (chinese, english), "{key}");
    }
}

/// The compiler leaves an element out of what assistive technology reads only where the element itself says `none`: where
/// its base says so, each use is told as a nameless thing beside the control that it stands on.
#[test]
fn silence_is_never_inherited() {
    for (path, text) in pages() {
        let mut base = "";
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once(" inherits ") {
                base = rest.trim_end_matches(" {");
            }
            let of_the_root = line.starts_with("    accessible-role: none");
            assert!(
                !of_the_root,
                "{}: a component that inherits {base} is silent at its root",
                path.display()
            );
        }
    }
}

#[test]
fn every_icon_that_a_page_names_can_be_drawn() {
    let mut named = BTreeSet::new();
    for (path, text) in pages() {
        for line in text.lines().map(str::trim) {
            let names_a_drawing = ["icon:", "icon-after:", "name:", "{ icon:", "Icon {"]
                .iter()
                .any(|start| line.starts_with(start))
                || line.contains("string> icon:");
            if names_a_drawing {
                for name in literals(line).filter(|name| !name.is_empty() && !is_key(name)) {
                    assert!(kiosk_ui::pictures::exists(name), "{}: no drawing {name:?}", path.display());
                    named.insert(name.to_owned());
                }
            }
        }
    }
    assert!(named.len() > 25, "only {} icons were found: the search is broken", named.len());
    assert!(!kiosk_ui::pictures::exists("no-such-icon"));
}

/// `name` → (high contrast, normal), read from the theme.
fn palette() -> BTreeMap<String, ([f64; 3], [f64; 3])> {
    let theme = std::fs::read_to_string(here().join("theme.slint")).unwrap();
    let colour = |hex: &str| -> [f64; 3] {
        std::array::from_fn(|i| f64::from(u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).unwrap()) / 255.0)
    };
    theme
        .lines()
        .filter_map(|line| line.trim().strip_prefix("out property <color> "))
        .filter_map(|line| {
            let (name, rest) = line.split_once(": Shell.contrast ? #")?;
            let (high, normal) = rest.trim_end_matches(';').split_once(" : #")?;
            Some((name.to_owned(), (colour(high), colour(normal))))
        })
        .collect()
}

/// Contrast ratio by WCAG 2, 1 to 21.
fn ratio(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] =
            colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_stands_out_from_its_ground() {
    let palette = palette();
    let text_on = [
        ("ink", &["paper", "surface", "sunk", "tint", "red-tint", "amber-tint", "green-tint"][..]),
        ("ink2", &["paper", "surface", "tint"]),
        ("off", &["paper", "surface", "sunk"]),
        ("blue", &["paper", "surface", "tint"]),
        ("on-blue", &["blue"]),
        ("on-down", &["down"]),
        ("on-deep", &["deep"]),
        ("gold", &["deep"]),
        ("red", &["paper", "surface", "red-tint"]),
        ("amber", &["surface", "amber-tint"]),
        ("green", &["paper", "surface", "green-tint"]),
    ];
    for (ink, grounds) in text_on {
        for ground in grounds {
            let ((high, normal), (high_ground, normal_ground)) = (palette[ink], palette[*ground]);
            let (in_high, in_normal) = (ratio(high, high_ground), ratio(normal, normal_ground));
            assert!(in_normal >= 4.5, "{ink} on {ground}: {in_normal:.1}");
            assert!(in_high >= 7.0, "{ink} on {ground} in high contrast: {in_high:.1}");
        }
    }
}

#[test]
fn edges_of_controls_and_notices_are_seen() {
    let palette = palette();
    for (edge, ground) in [
        ("edge", "paper"),
        ("edge", "surface"),
        ("amber-edge", "surface"),
        ("red", "paper"),
        ("blue", "tint"),
    ] {
        let ((high, normal), (high_ground, normal_ground)) = (palette[edge], palette[ground]);
        assert!(ratio(normal, normal_ground) >= 3.0, "{edge} on {ground}");
        assert!(ratio(high, high_ground) >= 7.0, "{edge} on {ground} in high contrast");
    }
}
