//! A keyboard alone: whatever a finger or assistive technology can do on a page, Tab reaches, and Enter and Space do.
//!
//! The toolkit doesn't say where the focus is, so that pages are judged by what they tell the engine.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::ElementHandle;
use kiosk::engine::Input;
use kiosk::screen::headless::Headless;
use kiosk::words::Words;
use slint::ComponentHandle;
use slint::platform::{Key, WindowEvent};

use crate::hand::{SCREENS, controls, enabled, name};
use crate::scenes;

/// Held by a finger, or done by assistive technology; what it opens is for technicians.
const CORNER: &str = "维护菜单";
/// They turn long lists and tell nothing.
const SHEETS: [&str; 4] = ["更多", "回到前面", "上一页", "下一页"];

/// Pages, and what they have told since it was last asked; touches left out.
struct Told {
    pages: Headless,
    inputs: Rc<RefCell<BTreeSet<String>>>,
}

impl Told {
    fn open(size: (u32, u32)) -> Self {
        let inputs = Rc::<RefCell<BTreeSet<String>>>::default();
        let heard = Rc::clone(&inputs);
        let words = Arc::new(Words::shipped("zh").unwrap());
        let pages = Headless::open(size, words, "示例便民服务中心", move |input| {
            if !matches!(input, Input::Touched) {
                heard.borrow_mut().insert(format!("{input:?}"));
            }
        })
        .unwrap();
        pages.app().window().dispatch_event(WindowEvent::WindowActiveChanged(true));
        Self { pages, inputs }
    }

    fn take(&self) -> BTreeSet<String> {
        self.inputs.take()
    }

    fn press(&self, key: Key) {
        let window = self.pages.app().window();
        window.dispatch_event(WindowEvent::KeyPressed { text: key.into() });
        window.dispatch_event(WindowEvent::KeyReleased { text: key.into() });
        self.pages.pass(Duration::from_millis(20));
    }
}

fn acts_for_all(control: &ElementHandle) -> bool {
    let name = name(control);
    enabled(control) && name != CORNER && !SHEETS.contains(&name.as_str())
}

#[test]
fn a_page_is_entered_at_its_beginning() {
    let told = Told::open(SCREENS[0]);
    let scenes = scenes::all(false, false);
    let find = |wanted: &str| &scenes.iter().find(|(page, _)| *page == wanted).unwrap().1;
    told.pages.show(find("home"));
    for (stops, page, first) in [(3, "place card", "Act(TypeNumber)"), (9, "home", "Act(TakeNumber)")] {
        for _ in 0..stops {
            told.press(Key::Tab);
        }
        told.pages.show(find(page));
        told.take();
        told.press(Key::Tab);
        told.press(Key::Return);
        assert_eq!(told.take(), BTreeSet::from([first.to_owned()]), "{page} after {stops} stops");
    }
}

#[test]
fn tab_reaches_every_control_of_every_page_and_enter_and_space_do_what_it_does() {
    for size in SCREENS {
        std::thread::spawn(move || {
            let told = Told::open(size);
            for (which, elder, contrast) in scenes::MANNERS {
                if contrast {
                    continue;
                }
                let scenes = scenes::all(elder, contrast);
                for (page, scene) in &scenes {
                    // Entered anew each time, so that long lists begin with their first sheet.
                    let enter = || {
                        let (_, other) = scenes.iter().find(|(other, _)| *other == "help").unwrap();
                        told.pages.show(other);
                        told.pages.show(scene);
                        told.take();
                    };
                    enter();
                    let there: Vec<_> = controls(&told.pages).into_iter().filter(acts_for_all).collect();
                    for control in &there {
                        control.invoke_accessible_default_action();
                    }
                    let by_name = told.take();
                    assert_eq!(
                        by_name.is_empty(),
                        there.is_empty(),
                        "what can be pressed on {page} tells nothing"
                    );
                    for act in [Key::Return, Key::Space] {
                        enter();
                        // Once round, and a little more: the window itself may be a stop, and turned sheets are.
                        for _ in 0..there.len() + 4 {
                            told.press(Key::Tab);
                            told.press(act);
                        }
                        let by_key = told.take();
                        let missed: Vec<_> = by_name.difference(&by_key).collect();
                        assert!(missed.is_empty(), "{missed:?} by no {act:?} on {page}, {which}, {size:?}");
                        if scene.countdown.is_some() {
                            assert_eq!(by_key, by_name, "beneath the dialog");
                        }
                    }
                }
            }
        })
        .join()
        .unwrap();
    }
}
