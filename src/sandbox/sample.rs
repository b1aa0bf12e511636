//! What the sandbox offers for reading: one notice and a small catalogue, both plainly marked as samples.
//!
//! They show the shape of the answers; no resident may take them for real ones.

use serde_json::{Value, json};

/// The version of the sample catalogue.
pub const CATALOG_VERSION: &str = "sample-1";

/// The answer of `GET /v1/catalog`.
pub fn catalog() -> Value {
    json!({
        "version": CATALOG_VERSION,
        "valid_from": "2026-01-01T00:00:00+08:00",
        "matters": [
            {
                "id": "sample-pension", "name": "样例：城乡居民养老保险参保登记", "theme": "社会保障", "class": "A",
                "for_whom": "样例数据，不作办事依据", "conditions": "样例",
                "materials": [
                    {"id": "id-card", "name": "居民身份证", "form": "原件", "copies": 1, "reusable": true, "note": ""},
                    "样例：参保登记表",
                ],
                "statutory_days": 10, "promised_days": 1, "fee": "不收费", "basis": "样例", "place": "综合窗口",
                "result": "样例", "link": "",
            },
            {
                "id": "sample-move", "name": "样例：户口迁移", "theme": "户籍", "class": "B",
                "for_whom": "样例数据，不作办事依据", "conditions": "样例", "materials": ["样例：居民户口簿"],
                "statutory_days": 5, "promised_days": 1, "fee": "不收费", "basis": "样例", "place": "综合窗口",
                "result": "样例", "link": "",
            },
        ],
        "bundles": [
            {
                "id": "sample-bundle", "name": "样例：新居民一件事", "matters": ["sample-pension", "sample-move"],
                "note": "样例数据，不作办事依据",
            },
        ],
        "classes": [{"letter": "A", "name": "社会保障"}, {"letter": "B", "name": "户籍"}],
    })
}

/// The answer of `GET /v1/notices`.
pub fn notices() -> Value {
    json!([{
        "id": "sample-notice-1", "title": "样例通知", "body": "这是沙箱平台的样例通知，不是真实通知。",
        "published": "2026-01-01T09:00:00+08:00", "until": "2099-12-31T18:00:00+08:00",
    }])
}
