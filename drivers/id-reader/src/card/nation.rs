//! The peoples of China by their codes in GB/T 3304.
//!
//! Traps in public tables: the last two codes are 97 and 98, not 57 and 58; 36 and 46 have had new names since the
//! 1980s (毛南 was 毛难, 德昂 was 崩龙).

/// A people, or one of the two other entries of the code table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nation {
    code: u8,
    name: &'static str,
}

const NAMES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

impl Nation {
    /// By the two digits on a card: 01–56, 97 or 98.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Self::all().find(|nation| code.parse() == Ok(nation.code))
    }

    /// By the name, with or without 族.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all()
            .find(|nation| nation.name == name || nation.name == name.strip_suffix('族').unwrap_or(name))
    }

    /// All entries of the code table.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [(97, "其他"), (98, "外国血统中国籍人士")];
        (1..).zip(NAMES).chain(others).map(|(code, name)| Self { code, name })
    }

    /// The code, 1–56, 97 or 98.
    #[must_use]
    pub fn code(self) -> u8 {
        self.code
    }

    /// The name as cards print it, without 族.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_58_different_entries() {
        let mut names: Vec<_> = Nation::all().map(Nation::name).collect();
        assert_eq!(names.len(), 58);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 58);
    }

    #[test]
    fn codes_that_public_tables_get_wrong() {
        let cases = [
            ("01", "汉"),
            ("04", "藏"),
            ("07", "彝"),
            ("15", "土家"),
            ("33", "羌"),
            ("36", "毛南"),
            ("46", "德昂"),
            ("50", "塔塔尔"),
            ("54", "门巴"),
            ("55", "珞巴"),
            ("56", "基诺"),
            ("97", "其他"),
            ("98", "外国血统中国籍人士"),
        ];
        for (code, name) in cases {
            let nation = Nation::from_code(code).unwrap();
            assert_eq!((nation.name(), format!("{:02}", nation.code())), (name, code.to_owned()));
            assert_eq!(Nation::from_name(name), Some(nation));
        }
        assert_eq!(Nation::from_name("羌族"), Nation::from_code("33"));
        for none in ["", "0", "00", "1", "57", "58", "96", "99", "001", "+1", "汉"] {
            assert_eq!(Nation::from_code(none), None, "{none:?}");
        }
    }
}
