//! The pseudo-language: English in brackets, by which tests tell words of the files from others.

use crate::syntax::{Message, Messages, Piece};

/// The tag of the pseudo-language.
pub const PSEUDO: &str = "en-XA";

/// Returns the messages of the pseudo-language.
pub fn pseudo(english: &Messages) -> Messages {
    let message = |message: &Message| {
        let forms = message.forms.iter().map(|(key, pieces)| (key.clone(), in_brackets(pieces)));
        Message { forms: forms.collect(), ..message.clone() }
    };
    english.iter().map(|(id, of)| (id.clone(), message(of))).collect()
}

fn in_brackets(pieces: &[Piece]) -> Vec<Piece> {
    match pieces {
        [Piece::Text(text)] => vec![Piece::Text(format!("⟦{text}⟧"))],
        pieces => [&[Piece::Text("⟦".to_owned())], pieces, &[Piece::Text("⟧".to_owned())]].concat(),
    }
}
