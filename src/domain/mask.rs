//! What others may read of a person: on screen, paper, console and display alike.
//!
//! One rule each for names, identity numbers and telephone numbers, and the only place that knows them.

/// Stars that stand for the rest of a name, at most.
const NAME_STARS: usize = 3;

/// First character and one `*` for each other, three at most; a Latin name is its first letter and `***`.
///
/// 张三 → `张*`, 欧阳修文 → `欧***`, SMITH JOHN → `S***`.
#[must_use]
pub fn name(whole: &str) -> String {
    let mut chars = whole.trim().chars();
    let Some(first) = chars.next() else { return String::new() };
    let stars = if first.is_ascii_alphabetic() { NAME_STARS } else { chars.count().min(NAME_STARS) };
    format!("{first}{}", "*".repeat(stars))
}

/// First three and last two characters, a `*` for each between.
#[must_use]
pub fn id_number(whole: &str) -> String {
    ends(whole, 3, 2)
}

/// First three and last four digits, a `*` for each between.
#[must_use]
pub fn phone(whole: &str) -> String {
    ends(whole, 3, 4)
}

/// A text too short to keep both ends apart is stars alone.
fn ends(whole: &str, head: usize, tail: usize) -> String {
    let length = whole.chars().count();
    if length <= head + tail {
        return "*".repeat(length);
    }
    whole.chars().enumerate().map(|(i, c)| if i < head || i >= length - tail { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_show_their_first_character() {
        for (whole, masked) in [
            ("张三", "张*"),
            ("王小明", "王**"),
            ("欧阳修文", "欧***"),
            ("阿卜杜拉·买买提", "阿***"),
            ("SMITH JOHN", "S***"),
            ("李", "李"),
            ("𠮷田", "𠮷*"),
            ("", ""),
            ("  ", ""),
        ] {
            assert_eq!(name(whole), masked);
        }
    }

    #[test]
    fn numbers_show_their_ends() {
        assert_eq!(id_number("11010519491231002X"), "110*************2X");
        assert_eq!(id_number("FRA110000000013"), "FRA**********13");
        assert_eq!(id_number("12345"), "*****");
        assert_eq!(id_number(""), "");
        assert_eq!(phone("13800001234"), "138****1234");
        assert_eq!(phone("1234567"), "*******");
    }
}
