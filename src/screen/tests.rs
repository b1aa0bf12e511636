//! Scenes on the pages, in memory.

use std::sync::Arc;

use super::headless::Headless;
use crate::domain::hours::DoorState;
use crate::engine::scene::{Home, Manner, Scene, Shown};
use crate::words::Words;

fn home() -> Scene {
    Scene {
        page: Shown::Home(Home {
            more: false,
            door: DoorState::Open { until: None },
            windows: 3,
            waiting: 2,
            without_card: true,
            reader: true,
        }),
        progress: None,
        person: None,
        can_back: false,
        can_home: false,
        can_change_manner: true,
        countdown: None,
        card_left: false,
        manner: Manner { language: "zh".into(), elder: false, contrast: false },
        clock: jiff::civil::date(2026, 11, 24).at(10, 24, 0, 0),
        banner: None,
    }
}

fn pages(size: (u32, u32)) -> Headless {
    let words = Arc::new(Words::shipped("zh").unwrap());
    Headless::open(size, words, "剑阁县普安镇便民服务中心", |_| {}).unwrap()
}

/// A picture made on a thread of its own, since the toolkit has one platform a thread.
fn picture(draw: impl FnOnce() -> super::headless::Picture + Send + 'static) -> super::headless::Picture {
    std::thread::spawn(draw).join().unwrap()
}

#[test]
fn a_window_of_another_size_looks_as_if_it_had_always_had_it() {
    for size in [(1280, 800), (540, 960), (1920, 1080)] {
        let fresh = picture(move || {
            let pages = pages(size);
            pages.show(&home());
            pages.picture()
        });
        let resized = picture(move || {
            let mut pages = pages((1080, 1920));
            pages.show(&home());
            let _drawn = pages.picture();
            pages.resize((800, 600));
            let _drawn = pages.picture();
            pages.resize(size);
            pages.picture()
        });
        if fresh != resized {
            let folder = std::env::temp_dir();
            fresh.save(&folder.join("kiosk-fresh.png")).unwrap();
            resized.save(&folder.join("kiosk-resized.png")).unwrap();
            panic!("{size:?}: see kiosk-fresh.png and kiosk-resized.png in {}", folder.display());
        }
    }
}

#[test]
fn a_scene_that_comes_while_a_finger_is_down_does_not_swallow_the_touch() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    std::thread::spawn(move || {
        let words = Arc::new(Words::shipped("zh").unwrap());
        let pages = Headless::open((1080, 1920), words, "示例便民服务中心", move |input| {
            if matches!(input, crate::engine::Input::Act(crate::visit::Act::TakeNumber)) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        })
        .unwrap();
        pages.show(&home());
        let _drawn = pages.picture();
        // The middle of the tile 取号.
        pages.press(540.0, 880.0);
        let mut later = home();
        later.clock = later.clock.with().minute(25).build().unwrap();
        let Shown::Home(page) = &mut later.page else { unreachable!() };
        page.waiting = 3;
        pages.show(&later);
        let _drawn = pages.picture();
        pages.release(540.0, 880.0);
    })
    .join()
    .unwrap();
    assert_eq!(heard.load(Ordering::SeqCst), 1);
}
