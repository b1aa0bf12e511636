//! What shall stand on the paper, in order. It knows nothing of bytes or dots.
//!
//! Contents may be a person's: `Debug` tells lengths only, and the text is zeroized when dropped.

use std::fmt;

use zeroize::Zeroizing;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// Factors of width and height, 1 to 8 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    width: u8,
    height: u8,
}

impl Size {
    /// As the font is.
    pub const ONE: Size = Size { width: 1, height: 1 };

    /// Both factors, cut to 1 to 8.
    #[must_use]
    pub fn new(width: u8, height: u8) -> Self {
        Self { width: width.clamp(1, 8), height: height.clamp(1, 8) }
    }

    /// The same factor both ways.
    #[must_use]
    pub fn square(factor: u8) -> Self {
        Self::new(factor, factor)
    }

    /// Factor of the width.
    #[must_use]
    pub fn width(self) -> u8 {
        self.width
    }

    /// Factor of the height.
    #[must_use]
    pub fn height(self) -> u8 {
        self.height
    }
}

/// One thing on the paper.
#[derive(Clone)]
pub enum Element {
    /// Lines of text; a line feed in it begins a new line, other control characters count as a space, and what is
    /// too wide is broken by sense.
    Text {
        /// What is written.
        content: Zeroizing<String>,
        /// Where.
        align: Align,
        /// How large.
        size: Size,
        /// Bold, where the printer can.
        bold: bool,
    },
    /// A label at the left and its value at the right of one line, or of several where they are too wide.
    Pair {
        /// The label.
        left: Zeroizing<String>,
        /// The value.
        right: Zeroizing<String>,
    },
    /// A line of hyphens over the whole width.
    Rule,
    /// A QR code in the middle.
    Qr {
        /// What it holds: printable characters.
        data: Zeroizing<String>,
        /// Its side in millimetres; the printed one is the largest that is not larger, and never under one dot a module.
        size_mm: u32,
    },
    /// An empty line.
    Gap,
    /// The end of this paper: cut, or feed to the edge where it is torn, and present. Once, at the end.
    Cut,
}

/// A whole print job, not yet for any printer.
#[derive(Debug, Clone, Default)]
pub struct Document {
    elements: Vec<Element>,
}

impl Document {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Its elements in order.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Adds any element.
    #[must_use]
    pub fn with(mut self, element: Element) -> Self {
        self.elements.push(element);
        self
    }

    /// Adds text.
    #[must_use]
    pub fn text(self, content: &str, align: Align, size: Size, bold: bool) -> Self {
        self.with(Element::Text { content: Zeroizing::new(content.to_owned()), align, size, bold })
    }

    /// Adds a plain line in the middle.
    #[must_use]
    pub fn centred(self, content: &str) -> Self {
        self.text(content, Align::Centre, Size::ONE, false)
    }

    /// Adds a plain line at the left.
    #[must_use]
    pub fn line(self, content: &str) -> Self {
        self.text(content, Align::Left, Size::ONE, false)
    }

    /// Adds a label and its value.
    #[must_use]
    pub fn pair(self, left: &str, right: &str) -> Self {
        let own = |text: &str| Zeroizing::new(text.to_owned());
        self.with(Element::Pair { left: own(left), right: own(right) })
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(self) -> Self {
        self.with(Element::Rule)
    }

    /// Adds a QR code.
    #[must_use]
    pub fn qr(self, data: &str, size_mm: u32) -> Self {
        self.with(Element::Qr { data: Zeroizing::new(data.to_owned()), size_mm })
    }

    /// Adds an empty line.
    #[must_use]
    pub fn gap(self) -> Self {
        self.with(Element::Gap)
    }

    /// Ends the paper.
    #[must_use]
    pub fn cut(self) -> Self {
        self.with(Element::Cut)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let long = |text: &str| text.chars().count();
        match self {
            Element::Text { content, align, size, bold } => {
                write!(
                    to,
                    "Text({} characters, {align:?}, {}x{}, bold {bold})",
                    long(content),
                    size.width,
                    size.height
                )
            }
            Element::Pair { left, right } => {
                write!(to, "Pair({} and {} characters)", long(left), long(right))
            }
            Element::Rule => write!(to, "Rule"),
            Element::Qr { data, size_mm } => write!(to, "Qr({} characters, {size_mm} mm)", long(data)),
            Element::Gap => write!(to, "Gap"),
            Element::Cut => write!(to, "Cut"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let shown =
            format!("{:?}", Document::new().centred("测试甲").pair("姓名", "测试乙").qr("secret", 25));
        for told in ["测试", "姓名", "secret"] {
            assert!(!shown.contains(told), "{shown}");
        }
        assert!(shown.contains("3 characters"));
    }

    #[test]
    fn sizes_stay_within_what_a_printer_has() {
        assert_eq!(Size::new(0, 9), Size::new(1, 8));
    }
}
