//! No text makes the reader panic, and its errors stay short, whatever is in it.

use proptest::prelude::*;

use super::{FULL, parse};

proptest! {
    #[test]
    fn a_sample_cut_spliced_or_garbled_never_panics(
        from in 0..FULL.len(),
        length in 0usize..40,
        garbage in prop_oneof!["[ -~\n]{0,12}", ".{0,6}", "(\\[\\[|\\]|=|\\{|\"|'|,|\\.|\n|#|\\\\u){0,8}"],
        again in prop::option::of(0..FULL.len()),
    ) {
        let cut = |at: usize| (0..=at).rev().find(|at| FULL.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (cut(from), cut((from + length).min(FULL.len())));
        let repeated = again.map_or("", |at| &FULL[cut(at)..]);
        let text = format!("{}{garbage}{}{repeated}", &FULL[..start], &FULL[end.max(start)..]);
        let lines = text.matches('\n').count() + 1;
        if let Err(errors) = parse(&text) {
            prop_assert!(errors.iter().count() > 0);
            for error in errors.iter() {
                prop_assert!((1..=lines).contains(&error.line), "{error}");
                prop_assert!(error.to_string().len() < 2_000 && !error.to_string().contains('\n'), "{error}");
            }
        }
    }

    #[test]
    fn no_text_at_all_makes_it_panic(text in "(.|\n){0,200}") {
        prop_assert!(parse(&text).is_err());
    }
}

#[test]
fn what_an_error_repeats_is_one_short_line() {
    let long = "x\\n\\u001b[2J".repeat(2_000);
    let sample = |from: &str, to: String| FULL.replacen(from, &to, 1);
    let texts = [
        sample("recalls", format!("\"{long}\"")),
        sample("kind = \"center\"", format!("kind = \"{long}\"")),
        sample("mon-fri", long.clone()),
        sample("13:00-17:00", long.clone()),
        sample("usb://0c2e:0901", long.clone()),
        sample("https://platform.example/api", long.clone()),
        sample("001-999", long),
    ];
    for text in texts {
        for error in parse(&text).unwrap_err().iter() {
            let error = error.to_string();
            assert!(error.len() < 700 && !error.contains(char::is_control), "{error}");
        }
    }
}
