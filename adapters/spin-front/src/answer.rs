//! Routing's answer before it is sent.

/// An answer. `V` is bytes that storage holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<V> {
    /// The status code.
    pub status: u16,
    /// The field lines, each `name: value` with a line feed.
    pub headers: String,
    /// The content.
    pub content: Content<V>,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<V> {
    /// These bytes, or none.
    Bytes(Vec<u8>),
    /// Bytes that storage holds.
    Value(V),
}

impl<V> Answer<V> {
    /// Returns the fields, name and value. Skips lines that are no fields.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.lines().filter_map(|line| line.split_once(": ")).filter(|(name, _)| !name.is_empty())
    }

    /// Returns the text of a server-sent event.
    pub fn event(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Value(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &str) -> Answer<()> {
        Answer { status, headers: headers.into(), content: Content::Bytes(b"{}".to_vec()) }
    }

    #[test]
    fn lines_become_fields() {
        let answer = answer(200, "content-type: text/html\nno field\n: x\nx-cache: HIT\n");
        let fields: Vec<_> = answer.fields().collect();
        assert_eq!(fields, [("content-type", "text/html"), ("x-cache", "HIT")]);
    }

    #[test]
    fn an_event_is_the_text_of_the_answer() {
        assert_eq!(answer(200, "").event(), b"{}");
        let held = Answer { status: 200, headers: String::new(), content: Content::Value(()) };
        assert_eq!(held.event(), b"");
    }
}
