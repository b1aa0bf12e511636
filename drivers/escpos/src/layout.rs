//! Breaking text into lines: as few as needed, by sense, no line beginning with a closing mark.
//!
//! Widths are half-width columns: ASCII takes one, everything else two.

use crate::charset::columns;

/// Columns of a whole text.
pub(crate) fn width(text: &str) -> u32 {
    text.chars().map(columns).sum()
}

/// Lines of at most `limit` columns. Control characters count as spaces, but for line feeds, which break.
pub(crate) fn lines(text: &str, limit: u32) -> Vec<String> {
    text.split('\n').flat_map(|line| broken(&clean(line), limit.max(2))).collect()
}

fn clean(line: &str) -> String {
    line.trim_end_matches('\r').chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn broken(line: &str, limit: u32) -> Vec<String> {
    let mut rest: Vec<char> = line.chars().collect();
    let mut done = Vec::new();
    loop {
        let wide: u32 = rest.iter().copied().map(columns).sum();
        if rest.is_empty() && !done.is_empty() {
            return done;
        }
        if wide <= limit {
            done.push(rest.iter().collect());
            return done;
        }
        // As even as the number of lines allows, so that no line holds a single character.
        let ideal = wide.div_ceil(wide.div_ceil(limit));
        let at = break_at(&rest, limit, ideal);
        let tail = rest.split_off(at);
        done.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = tail.into_iter().skip_while(|c| *c == ' ').collect();
    }
}

/// Where to break: the place with the least cost, which grows with the distance from the even width.
fn break_at(text: &[char], limit: u32, ideal: u32) -> usize {
    let mut used = 0;
    let mut best = (u32::MAX, 1);
    for (index, pair) in text.windows(2).enumerate() {
        let &[before, after] = pair else { continue };
        used += columns(before);
        if used > limit {
            break;
        }
        let Some(sense) = cost(before, after) else { continue };
        let total = sense + used.abs_diff(ideal);
        if total <= best.0 {
            best = (total, index + 1);
        }
    }
    if best.0 == u32::MAX {
        // One long word: as much as fits.
        let mut used = 0;
        return text
            .iter()
            .take_while(|c| {
                used += columns(**c);
                used <= limit
            })
            .count()
            .max(1);
    }
    best.1
}

/// What a break between two characters costs, `None` where it may not be.
fn cost(before: char, after: char) -> Option<u32> {
    const CLOSING: &str = "，。、；：？！）》」』〕”’%)]},.;:?!";
    const OPENING: &str = "（《「『〔“‘([{";
    const PLACE: &str = "省市县区镇乡村街道社";
    if CLOSING.contains(after) || OPENING.contains(before) {
        None
    } else if before == ' ' || after == ' ' || CLOSING.contains(before) {
        Some(0)
    } else if PLACE.contains(before) && !after.is_ascii() {
        Some(2)
    } else if before.is_ascii() && after.is_ascii() {
        None
    } else {
        Some(8)
    }
}

/// A label and its value as lines: `(left, right)`, either may be empty.
pub(crate) fn pair(left: &str, right: &str, limit: u32) -> Vec<(String, String)> {
    let (left, right) = (clean(left), clean(right));
    if width(&left) + width(&right) + u32::from(!left.is_empty() && !right.is_empty()) <= limit {
        return vec![(left, right)];
    }
    let beside = limit.saturating_sub(width(&left) + 1);
    if beside >= limit / 2 {
        // The value's lines stand under each other, the first beside its label.
        let mut label = Some(left);
        return broken(&right, beside)
            .into_iter()
            .map(|line| (label.take().unwrap_or_default(), line))
            .collect();
    }
    let labels = broken(&left, limit).into_iter().map(|line| (line, String::new()));
    labels.chain(broken(&right, limit).into_iter().map(|line| (String::new(), line))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn breaks_are_where_a_person_would_break() {
        for (text, limit, expected) in [
            ("社会保障", 48, &["社会保障"][..]),
            ("剑阁县普安镇便民服务中心", 16, &["剑阁县普安镇", "便民服务中心"]),
            ("一\n二", 48, &["一", "二"]),
            ("过号了不要急，请到窗口说一声", 20, &["过号了不要急，", "请到窗口说一声"]),
            ("Social security and insurance", 16, &["Social security", "and insurance"]),
            ("ABCDEFGHIJ", 4, &["ABCD", "EFGH", "IJ"]),
            ("", 10, &[""]),
            ("a\tb\u{10}c", 10, &["a b c"]),
        ] {
            assert_eq!(lines(text, limit), expected, "{text}");
        }
    }

    #[test]
    fn pairs_wrap_the_value() {
        let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(left, right)| (String::from(*left), String::from(*right))).collect()
        };
        assert_eq!(pair("前面还有", "5 人", 32), own(&[("前面还有", "5 人")]));
        assert_eq!(
            pair("请到", "1、2、3、4、5、6、7、8、9、10 号窗口", 32),
            own(&[("请到", "1、2、3、4、5、6、"), ("", "7、8、9、10 号窗口")])
        );
        assert_eq!(
            pair("很长很长很长的名称", "也很长的一个值", 16),
            own(&[("很长很长很", ""), ("长的名称", ""), ("", "也很长的一个值")])
        );
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_character_lost(text in "[a-c张王，。县 \u{20BB7}]{0,60}", limit in 2u32..50) {
            let lines = lines(&text, limit);
            for line in &lines {
                prop_assert!(width(line) <= limit, "{line:?}");
            }
            let seen: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            let given: String = text.chars().filter(|c| *c != ' ').collect();
            prop_assert_eq!(seen, given);
        }
    }
}
