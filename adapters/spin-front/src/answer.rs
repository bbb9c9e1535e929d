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

    /// Returns whether the answer has this field with this value.
    pub fn says(&self, name: &str, value: &str) -> bool {
        self.fields().any(|field| field == (name, value))
    }

    /// Returns the text of a server-sent event, if the answer, now or later, can be sent as one: it is JSON.
    pub fn event(&self) -> Option<&[u8]> {
        let told = self.status == 200 && self.says("content-type", "application/json");
        match &self.content {
            Content::Bytes(bytes) if told => Some(bytes),
            _ => None,
        }
    }

    /// Returns whether the request may have queued a job, by a `POST` or by any method.
    pub fn may_have_queued(&self, is_post: bool) -> bool {
        self.says("x-generation-triggered", "true") || self.status == 202 || is_post && self.status == 200
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
    fn only_json_is_an_event() {
        assert_eq!(answer(200, "content-type: application/json\n").event(), Some(&b"{}"[..]));
        assert_eq!(answer(404, "content-type: application/json\n").event(), None);
        assert_eq!(answer(200, "content-type: text/html\n").event(), None);
    }

    #[test]
    fn a_hit_queues_nothing() {
        assert!(!answer(200, "x-cache: HIT\n").may_have_queued(false));
        assert!(answer(200, "x-cache: MISS\nx-generation-triggered: true\n").may_have_queued(false));
        assert!(!answer(200, "x-cache: MISS\nx-generation-triggered: false\n").may_have_queued(false));
        assert!(answer(202, "").may_have_queued(false));
        assert!(answer(200, "").may_have_queued(true));
        assert!(!answer(400, "").may_have_queued(true));
    }
}
