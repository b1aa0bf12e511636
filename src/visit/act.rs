//! What a hand does on the screen.

use crate::domain::class::ClassLetter;
use crate::domain::priority::Priority;

/// One wish of the person in front of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// 取号 on the home page.
    TakeNumber,
    /// 返回.
    Back,
    /// 首页.
    Home,
    /// 请人帮忙.
    Help,
    /// Type the identity number in place of the card.
    TypeNumber,
    /// 无证取号.
    WithoutCard,
    /// A key of the keypad: a digit or `X`.
    Key(char),
    /// The last character away.
    Backspace,
    /// All characters away.
    Clear,
    /// 按住看: the number whole while it is held.
    Reveal(bool),
    /// The number is typed.
    Typed,
    /// A class is chosen.
    Choose(ClassLetter),
    /// A reason to be called earlier is declared or taken back.
    Declare(Priority),
    /// None of the reasons: those declared are taken back.
    DeclareNone,
    /// 更多服务 of elder mode.
    MoreServices,
    /// On from the page of priorities.
    Next,
    /// 确认.
    Confirm,
    /// 取消, 不取号了.
    Cancel,
    /// Print again.
    Retry,
    /// Print at the other printer.
    OtherPrinter,
    /// 不要纸, a number on the screen.
    Paperless,
    /// 补打 of the ticket that the resident has already.
    Reprint,
    /// Another class than the one that the resident has a ticket of.
    OtherClass,
    /// 完成.
    Done,
    /// "I am still here".
    Stay,
}
