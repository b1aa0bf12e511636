//! What a page draws, read from the toolkit's own tree: every text with the room it has and the room it needs.

use std::ops::ControlFlow;
use std::pin::Pin;

use i_slint_core::item_rendering::{PlainOrStyledText, RenderText};
use i_slint_core::item_tree::{ItemRc, ParentItemTraversalMode};
use i_slint_core::items::{
    BasicBorderRectangle, BorderRectangle, ClippedImage, ComplexText, Flickable, ImageItem, Rectangle,
    SimpleText, TextHorizontalAlignment, TextVerticalAlignment, TextWrap,
};
use i_slint_core::lengths::{LogicalLength, LogicalPoint};
use i_slint_core::window::WindowInner;
use kiosk::screen::headless::Headless;
use slint::{Brush, ComponentHandle as _};

/// A place on the screen in design px: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Place {
    /// Whether all of the other one lies within, up to that many px.
    pub fn holds(&self, other: &Self, slack: f32) -> bool {
        self.left <= other.left + slack
            && self.top <= other.top + slack
            && self.right >= other.right - slack
            && self.bottom >= other.bottom - slack
    }

    /// What both have in common.
    fn within(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Whether they have more than that many px in common, either way.
    pub fn meets(&self, other: &Self, slack: f32) -> bool {
        self.left.max(other.left) + slack < self.right.min(other.right)
            && self.top.max(other.top) + slack < self.bottom.min(other.bottom)
    }
}

/// A text as it stands on the page.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    /// Design px.
    pub size: f32,
    pub ink: slint::Color,
    /// Where it may draw.
    pub room: Place,
    /// Where its letters are, were there no end to its room.
    pub letters: Place,
    /// What the letters are drawn upon: every filled or edged ground that it stands within.
    pub grounds: Vec<Place>,
    /// What is drawn over it later.
    pub covered: bool,
}

/// Every text that the page shows, in the order in which it is drawn.
pub fn texts(pages: &Headless) -> Vec<Text> {
    let window = WindowInner::from_pub(pages.app().window());
    let root = ItemRc::new_root(window.component());
    // Rows of a list come into being as they are visited, and change how many have room: look twice.
    root.visit_descendants(|item| -> ControlFlow<()> {
        let _laid_out = place(item);
        ControlFlow::Continue(())
    });
    let mut texts: Vec<Text> = Vec::new();
    root.visit_descendants(|item| -> ControlFlow<()> {
        if !item.is_visible() {
            return ControlFlow::Continue(());
        }
        if let Some(found) = text(item) {
            // What a list has scrolled away, wholly or in part, comes back at a touch.
            let window = window_of(item);
            texts.extend(found.filter(|text| window.holds(&text.letters, 1.0)));
        } else if is_opaque(item) {
            let over = window_of(item).within(&place(item));
            for text in &mut texts {
                // What it lies upon was drawn before it; this one comes later.
                text.covered |= over.meets(&text.letters, 1.0);
            }
        }
        ControlFlow::Continue(())
    });
    texts
}

/// The part of the screen in which a list shows what lies within it.
fn window_of(item: &ItemRc) -> Place {
    let mut window = Place { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };
    let mut here = item.clone();
    while let Some(parent) = here.parent_item(ParentItemTraversalMode::StopAtPopups) {
        if parent.downcast::<Flickable>().is_some() {
            window = window.within(&place(&parent));
        }
        here = parent;
    }
    window
}

fn place(item: &ItemRc) -> Place {
    let geometry = item.geometry();
    let at = item.map_to_window(LogicalPoint::new(geometry.min_x(), geometry.min_y()));
    Place { left: at.x, top: at.y, right: at.x + geometry.width(), bottom: at.y + geometry.height() }
}

fn text(item: &ItemRc) -> Option<Option<Text>> {
    if let Some(text) = item.downcast::<SimpleText>() {
        let text = text.as_pin_ref();
        return Some(measured(item, text, text.font_size(), 1.0));
    }
    if let Some(text) = item.downcast::<ComplexText>() {
        let text = text.as_pin_ref();
        return Some(measured(item, text, text.font_size(), text.line_height_factor()));
    }
    None
}

/// Of a line of Noto Sans CJK in em: its height, and what is free above the highest letter.
const LINE: f32 = 1.448;
const FREE_ABOVE: f32 = 0.28;

/// What is free below the lowest stroke of these words, in em: digits stand on the line, a `g` has feet.
fn free_below(words: &str) -> f32 {
    if words.contains(|letter| "gjpqyQ,;()|，；（）".contains(letter)) {
        0.075
    } else if words.chars().all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase()) {
        0.27
    } else {
        0.19
    }
}

/// Nothing for a text that is empty or only measures for another.
fn measured<T: RenderText>(item: &ItemRc, text: Pin<&T>, size: LogicalLength, factor: f32) -> Option<Text> {
    let PlainOrStyledText::Plain(words) = text.text() else { return None };
    if words.trim().is_empty() {
        return None;
    }
    let room = place(item);
    let adapter = item.window_adapter()?;
    let (wide, wrap) = (room.right - room.left, text.wrap());
    let within = (wrap != TextWrap::NoWrap).then(|| LogicalLength::new(wide));
    let mut need = adapter.renderer().text_size(text, item, within, wrap);
    // The blank at which a line was broken counts to its width, and is not seen.
    if within.is_some() && need.width - wide < size.get() / 4.0 {
        need.width = need.width.min(wide);
    }
    let (horizontal, vertical) = text.alignment();
    let spare = (wide - need.width, room.bottom - room.top - need.height);
    let left = room.left
        + match horizontal {
            TextHorizontalAlignment::Center => spare.0 / 2.0,
            TextHorizontalAlignment::Right | TextHorizontalAlignment::End => spare.0,
            _ => 0.0,
        };
    let top = room.top
        + match vertical {
            TextVerticalAlignment::Center => spare.1 / 2.0,
            TextVerticalAlignment::Bottom => spare.1,
            _ => 0.0,
        };
    // A line is higher than its letters; one that is set tight may be lower than them.
    let lost = (1.0 - factor) * LINE / 2.0;
    let below = free_below(&words);
    let letters = Place {
        left,
        top: top + (FREE_ABOVE - lost) * size.get(),
        right: left + need.width,
        bottom: top + need.height - (below - lost) * size.get(),
    };
    Some(Text {
        text: words.into(),
        size: size.get(),
        ink: text.color().color(),
        room,
        letters,
        grounds: grounds(item),
        covered: false,
    })
}

fn grounds(item: &ItemRc) -> Vec<Place> {
    let mut grounds = Vec::new();
    let mut here = item.clone();
    while let Some(parent) = here.parent_item(ParentItemTraversalMode::StopAtPopups) {
        if is_opaque(&parent) {
            grounds.push(place(&parent));
        }
        here = parent;
    }
    grounds
}

/// Whether what lies beneath it can't be seen.
fn is_opaque(item: &ItemRc) -> bool {
    let fills = |brush: Brush| brush.color().alpha() > 0;
    if let Some(filled) = item.downcast::<Rectangle>() {
        return fills(filled.as_pin_ref().background());
    }
    if let Some(filled) = item.downcast::<BasicBorderRectangle>() {
        return fills(filled.as_pin_ref().background());
    }
    if let Some(filled) = item.downcast::<BorderRectangle>() {
        return fills(filled.as_pin_ref().background());
    }
    let image = item.downcast::<ImageItem>().map(|image| image.as_pin_ref().source());
    let image = image.or_else(|| item.downcast::<ClippedImage>().map(|image| image.as_pin_ref().source()));
    image.is_some_and(|image| image.size().width > 0)
}
