//! The ID-card reader's bytes, the text on a card, made-up cards, typed numbers.

use std::time::Duration;

use kiosk::domain::id_number::IdNumber;
use kiosk_id_reader::command::{
    Answer, AskSamNumber, AskState, Command, FindCard, ProbePresence, ReadCard, SelectCard,
};
use kiosk_id_reader::frame::{Decoder, FrameError, encode};
use kiosk_id_reader::session::{Session, Transmit};
use kiosk_id_reader::simulator::CardFile;
use kiosk_id_reader::{Card, CardDate, CardNumber};

type Frames = Vec<Result<Vec<u8>, FrameError>>;

fn decode(bytes: &[u8], piece: usize) -> Frames {
    let (mut decoder, mut frames) = (Decoder::default(), Frames::new());
    for piece in bytes.chunks(piece.max(1)) {
        decoder.feed(piece, &mut |frame| frames.push(frame.map(|content| content.to_vec())));
    }
    frames
}

/// However a stream is cut, the same frames are found; a frame that was found is found again when it is sent.
pub fn frames(bytes: &[u8]) {
    let frames = decode(bytes, usize::MAX);
    assert_eq!(frames, decode(bytes, 1));
    assert_eq!(frames, decode(bytes, 7));
    for content in frames.into_iter().flatten() {
        assert_eq!(decode(&encode(&content), 3), [Ok(content.clone())]);
        if let Some(answer) = Answer::of(&content) {
            let _ = AskState::reply(answer);
            let _ = AskSamNumber::reply(answer).map(|number| number.to_string());
            let _ = FindCard::reply(answer);
            let _ = SelectCard::reply(answer);
            let _ = ProbePresence::reply(answer);
            let _ = ReadCard::reply(answer);
        }
    }
}

/// A reader that answers each question with what the input says, framed rightly or not, soon or late.
pub fn session(bytes: &[u8]) {
    let mut now = Duration::ZERO;
    let mut session = Session::new(now);
    for piece in bytes.chunks(24) {
        while let Some(transmit) = session.poll_transmit() {
            assert!(!matches!(transmit, Transmit::Request(request) if request.len() < 10));
        }
        let (how, content) = super::split(piece);
        match how % 4 {
            0 => session.handle_bytes(now, &encode(content)),
            1 => session.handle_bytes(now, content),
            // The card's text is longer than a piece: it is filled up.
            2 => {
                let mut text = content.repeat(64);
                text.resize(256 + 1024, b' ');
                let head = [0, 0, 0x90, 1, 0, 4, 0];
                session.handle_bytes(now, &encode(&[&head[..], &text].concat()));
            }
            _ => now += Duration::from_millis(u64::from(how)),
        }
        if let Some(due) = session.next_timeout() {
            now = now.max(due);
            session.handle_timeout(now);
            assert!(session.next_timeout().is_none_or(|next| next >= due), "time goes on");
        }
        while let Some(event) = session.poll_event() {
            let _ = format!("{event:?}");
        }
    }
}

/// A card's text reads or is refused; what it reads can be asked and shown.
pub fn card_text(bytes: &[u8]) {
    let mut text = [b' '; 256];
    for (to, from) in text.iter_mut().zip(bytes) {
        *to = *from;
    }
    if let Ok(card) = Card::from_text(&text) {
        look_at(&card);
    }
}

fn look_at(card: &Card) {
    let shown = format!("{card:?}");
    let number = card.number().as_str();
    assert!(number.is_empty() || !shown.contains(number), "Debug shows the number");
    // A name goes on to screen and paper, where a control character would be a command.
    for text in
        [Some(card.name()), card.latin_name(), card.address(), Some(card.issuer())].into_iter().flatten()
    {
        assert!(!text.chars().any(char::is_control), "a control character passed");
    }
    let _ = (card.kind(), card.name(), card.latin_name(), card.sex(), card.nation(), card.nationality());
    let _ = (card.address(), card.issuer(), card.pass_number(), card.issue_count(), card.legibility());
    let _ = card.number().birth();
    if let Some(day) = CardDate::new(2026, 11, 24) {
        let _ = (card.validity().on(day), card.birth().years_until(day));
    }
}

/// A made-up card's file: what it writes has the size of a card, and reads or is refused.
pub fn card_file(bytes: &[u8]) {
    let Ok(json) = std::str::from_utf8(bytes) else { return };
    let Ok(file) = CardFile::from_json(json) else { return };
    if let Ok(text) = file.to_text()
        && let Ok(card) = Card::from_text(&text)
    {
        look_at(&card);
    }
}

/// Numbers typed or read: the same of them are right wherever they come from.
pub fn id_numbers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = CardNumber::parse(text).map(|number| (number.birth(), number.sex()));
    if let Ok(number) = IdNumber::parse(text) {
        assert!(!format!("{number:?}").contains(number.reveal()));
        assert_eq!(IdNumber::parse(number.reveal()).map(|again| again.kind()), Ok(number.kind()));
        let _ = (number.masked(), number.birth());
    }
    if let Some(check) = kiosk_check_character::of(text) {
        assert!(check.is_ascii_digit() || check == 'X');
    }
}
