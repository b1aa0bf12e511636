//! Scenes on the pages, in memory.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::ComponentHandle;
use slint::platform::{Key, WindowEvent};

use super::headless::Headless;
use crate::domain::hours::DoorState;
use crate::engine::Input;
use crate::engine::scene::{Home, Manner, Scene, Shown};
use crate::visit::Act;
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
        can_repeat: true,
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

/// What the pages tell when these keys are pressed one after the other while the countdown runs; touches left out.
fn keys_while_counting(keys: &[Key]) -> Vec<Input> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let words = Arc::new(Words::shipped("zh").unwrap());
    let pages = Headless::open((1080, 1920), words, "示例便民服务中心", {
        let told = Rc::clone(&told);
        move |input| told.borrow_mut().push(input)
    })
    .unwrap();
    let window = pages.app().window();
    window.dispatch_event(WindowEvent::WindowActiveChanged(true));
    let mut scene = home();
    scene.countdown = Some((9, 15));
    pages.show(&scene);
    for key in keys {
        window.dispatch_event(WindowEvent::KeyPressed { text: (*key).into() });
        window.dispatch_event(WindowEvent::KeyReleased { text: (*key).into() });
        pages.pass(Duration::from_millis(20));
    }
    told.take().into_iter().filter(|input| !matches!(input, Input::Touched)).collect()
}

#[test]
fn the_countdown_is_answered_by_keys_alone() {
    let stay = |told: Vec<Input>| matches!(told[..], [Input::Act(Act::Stay)]);
    let leave = |told: Vec<Input>| matches!(told[..], [Input::Act(Act::Home)]);
    let on_its_thread = |keys: &'static [Key], right: fn(Vec<Input>) -> bool| {
        let right = std::thread::spawn(move || right(keys_while_counting(keys))).join().unwrap();
        assert!(right, "{keys:?}");
    };
    on_its_thread(&[Key::Return], stay);
    on_its_thread(&[Key::Escape], stay);
    on_its_thread(&[Key::Tab, Key::Return], stay);
    on_its_thread(&[Key::Tab, Key::Tab, Key::Return], leave);
    // Nothing beneath is reached: the third step is the first button again, or the card itself.
    on_its_thread(&[Key::Tab, Key::Tab, Key::Tab, Key::Return], stay);
}
