//! An HTTP response with its whole body.

/// An HTTP response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("the answer arrives whole");
        Self { status, headers, body }
    }

    /// Returns a header field; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// Returns a member of the JSON body.
    pub fn json(&self, member: &str) -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_str(&self.body).expect("the answer is JSON");
        body[member].clone()
    }

    /// Asserts that the response is a fallback page, with all its guarantees.
    #[track_caller]
    pub fn is_fallback(&self) {
        assert_eq!(
            (self.status, self.header("x-cache"), self.header("x-generated")),
            (200, "MISS", "false"),
            "{}",
            self.body
        );
        assert!(self.header("content-type").starts_with("text/html"));
        assert!(self.body.contains("</html>"), "a fallback page is complete");
    }

    /// Asserts that the response is a cache hit, with all its guarantees.
    #[track_caller]
    pub fn is_hit(&self) {
        assert_eq!(
            (self.status, self.header("x-cache"), self.header("x-generated")),
            (200, "HIT", "true"),
            "{}",
            self.body
        );
    }

    /// Asserts that the response is a refusal: this 4xx status and one line.
    #[track_caller]
    pub fn is_refusal(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.body);
        let line = self.body.trim_end();
        assert!(!line.is_empty() && !line.contains('\n'), "a refusal is one line, not {line:?}");
    }
}
