//! Every page and every cause says something in every language, and nothing that is meant for the eye.

use kiosk::engine::scene::Scene;
use kiosk::voice::page::speech;
use kiosk::voice::sentence::Sentence;
use kiosk::words::Words;

use crate::causes;
use crate::scenes;

/// Every scene that there is, in that language; usual and elder.
fn all(language: &str) -> Vec<(String, Scene)> {
    let mut all = Vec::new();
    for elder in [false, true] {
        // The service menu is for technicians, and says nothing aloud.
        let spoken = scenes::all(elder, false).into_iter().filter(|(name, _)| !name.starts_with("service"));
        let pages = spoken.map(|(name, scene)| (name.to_owned(), scene));
        for (name, mut scene) in pages.chain(causes::told(language)) {
            scene.manner.language = language.to_owned();
            scene.manner.elder = elder;
            all.push((format!("{name}{}", if elder { ", elder" } else { "" }), scene));
        }
    }
    all
}

#[test]
fn every_page_and_every_cause_is_spoken_in_every_language() {
    let words = Words::shipped("zh").unwrap();
    let mut written = String::new();
    for language in Words::codes() {
        for (name, scene) in all(language) {
            let speech = speech(&words, &scene);
            let texts: Vec<_> = speech.all().iter().map(Sentence::text).collect();
            let said = texts.join(" ");
            assert!(!said.trim().is_empty(), "{language} {name} says nothing");
            written.push_str(&format!("{language} {name}: {said}\n"));
            for text in &texts {
                // What is written for the eye, or for the program.
                for sign in ['{', '}', '\n', '/', '“', '”', '*', '_', '→', '=', '<', '>', '&', '#', '%']
                {
                    assert!(!text.contains(sign), "{language} {name}: {sign:?} in {text:?}");
                }
                assert!(
                    !text.chars().any(|character| character.is_ascii_digit()),
                    "{language} {name}: {text:?}"
                );
                assert!(!text.contains("say."), "{language} {name}: a key in {text:?}");
                assert!(text.ends_with(['。', '？', '.', '?']), "{language} {name}: {text:?} does not end");
                let chinese = text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
                assert!(
                    language == "zh" || !chinese || text.contains("保障") || name.contains("class"),
                    "{text}"
                );
            }
            // Nobody who listens learns who stands there.
            for secret in scene.person.iter().flat_map(|person| person.name.iter().chain([&person.id])) {
                assert!(!said.contains(secret.trim_end_matches('*')), "{language} {name}: {said}");
            }
        }
    }
    if let Some(file) = std::env::var_os("KIOSK_UTTERANCES") {
        std::fs::write(file, written).unwrap();
    }
}
