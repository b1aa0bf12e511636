//! Numbers as they are said, in the numerals that the language files name and a site records.

/// One word of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numeral {
    /// 0 to 20, whole tens to 90, 100, 1000.
    Plain(u32),
    /// Two of something: 两.
    Couple,
}

impl Numeral {
    /// Its last part in keys and recordings.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Plain(number) => number.to_string(),
            Self::Couple => "couple".to_owned(),
        }
    }
}

/// Every numeral, for the list of what can be recorded.
pub fn all() -> impl Iterator<Item = Numeral> {
    let tens = (3..10).map(|tens| tens * 10);
    (0..=20).chain(tens).chain([100, 1000]).map(Numeral::Plain).chain([Numeral::Couple])
}

/// The words of a number; from 10,000 on, digit by digit.
#[must_use]
pub fn of(language: &str, number: u32) -> Vec<Numeral> {
    let words = match number {
        10_000.. => number.to_string().chars().filter_map(|digit| digit.to_digit(10)).collect(),
        _ if language == "zh" => chinese(number),
        _ => english(number),
    };
    words.into_iter().map(Numeral::Plain).collect()
}

/// 一百零五, 一百一十二, 二十五.
fn chinese(number: u32) -> Vec<u32> {
    let mut words = Vec::new();
    let (thousands, hundreds, rest) = (number / 1000, number / 100 % 10, number % 100);
    if thousands > 0 {
        words.extend([thousands, 1000]);
    }
    if hundreds > 0 {
        words.extend([hundreds, 100]);
    }
    let leads = !words.is_empty();
    // A place that is left out within the number is said: 一千零五.
    if leads && rest > 0 && (rest < 10 || hundreds == 0) {
        words.push(0);
    }
    // 一百一十二, not 一百十二.
    if leads && (10..20).contains(&rest) {
        words.extend([1, 10]);
        words.extend(Some(rest % 10).filter(|unit| *unit > 0));
    } else if rest > 0 || !leads {
        words.extend(below_hundred(rest));
    }
    words
}

/// One hundred five, twenty five.
fn english(number: u32) -> Vec<u32> {
    let mut words = Vec::new();
    let (thousands, hundreds, rest) = (number / 1000, number / 100 % 10, number % 100);
    if thousands > 0 {
        words.extend([thousands, 1000]);
    }
    if hundreds > 0 {
        words.extend([hundreds, 100]);
    }
    if rest > 0 || words.is_empty() {
        words.extend(below_hundred(rest));
    }
    words
}

fn below_hundred(number: u32) -> Vec<u32> {
    match (number / 10 * 10, number % 10) {
        _ if number <= 20 => vec![number],
        (tens, 0) => vec![tens],
        (tens, unit) => vec![tens, unit],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: &str, number: u32) -> String {
        let words = crate::words::Words::shipped("zh").unwrap();
        let said = of(language, number);
        assert!(said.iter().all(|numeral| all().any(|known| known == *numeral)), "{number}: {said:?}");
        let text =
            |numeral: &Numeral| words.text(language, &format!("say.number.{}", numeral.name())).to_owned();
        said.iter().map(text).collect::<Vec<_>>().join(if language == "zh" { "" } else { " " })
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (number, zh, en) in [
            (0, "零", "zero"),
            (2, "二", "two"),
            (10, "十", "ten"),
            (12, "十二", "twelve"),
            (20, "二十", "twenty"),
            (25, "二十五", "twenty five"),
            (90, "九十", "ninety"),
            (100, "一百", "one hundred"),
            (105, "一百零五", "one hundred five"),
            (110, "一百一十", "one hundred ten"),
            (112, "一百一十二", "one hundred twelve"),
            (120, "一百二十", "one hundred twenty"),
            (999, "九百九十九", "nine hundred ninety nine"),
            (1000, "一千", "one thousand"),
            (1005, "一千零五", "one thousand five"),
            (1050, "一千零五十", "one thousand fifty"),
            (1012, "一千零一十二", "one thousand twelve"),
            (1105, "一千一百零五", "one thousand one hundred five"),
            (1234, "一千二百三十四", "one thousand two hundred thirty four"),
            (12345, "一二三四五", "one two three four five"),
        ] {
            assert_eq!(said("zh", number), zh);
            assert_eq!(said("en", number), en);
        }
    }
}
