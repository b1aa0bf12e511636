//! The receipt printer, where the dispenser can't bring out a ticket.

use serde_json::json;

use crate::devices::Printer;
use crate::terminal::Scene;

#[test]
fn a_jam_in_the_dispenser_leads_to_the_receipt_printer() {
    let mut receipts = None;
    let mut scene = Scene::set_with(|site| {
        receipts = Some(Printer::plug_in_at(site, "receipts", "generic-58mm"));
        let table = "[devices.receipt_printer]\ndriver = \"escpos\"\nprofile = \"generic-58mm\"\n";
        let port = format!("port = \"serial://{}?baud=115200\"\n\n", site.path("receipts").display());
        site.edit("[platform]", &format!("{table}{port}[platform]"));
    });
    let mut receipts = receipts.unwrap();
    scene.terminal.device("receipt_printer", "ready");
    scene.up_to_confirm("社会保障");
    scene.printer.say("jam");
    scene.terminal.press("确认", "printing");
    scene.terminal.page("not_printed");
    scene.terminal.hand.read("取号机卡纸了");
    scene.terminal.press("用小票打印机打印", "printing");
    let number = scene.terminal.ticket();
    scene.terminal.hand.read("请从小票打印机取走号票");
    assert_eq!((receipts.times(&number), scene.printer.times(&number)), (1, 0));
    let issued = scene.platform.bodies("ticket.issued", 1);
    assert_eq!(issued[0]["number"], json!(number));
    scene.terminal.press("完成", "home");

    // With both out, the page offers what is left: the number on the screen.
    receipts.say("paper out");
    scene.terminal.device("receipt_printer", "trouble");
    scene.up_to_confirm("社会保障");
    scene.terminal.press("确认", "not_printed");
    assert!(!scene.terminal.labels().concat().contains("用小票打印机打印"));
    scene.terminal.press("不要纸，记住屏幕上的号码", "take_ticket");
    scene.platform.assert_once_in_order();
}
