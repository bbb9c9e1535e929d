//! A request as text: `METHOD target`, lines of `name: value`, an empty line, the body.

use routing::{BodyError, Method};

/// A parsed request.
pub struct Request<'a> {
    first: String,
    head: String,
    body: &'a [u8],
}

impl<'a> Request<'a> {
    /// Splits any input; missing parts are empty.
    pub fn read(input: &'a [u8]) -> Self {
        let end = input.windows(2).position(|two| two == b"\n\n").unwrap_or(input.len());
        let (head, body) = input.split_at(end);
        let head = String::from_utf8_lossy(head);
        let (first, head) = head.split_once('\n').unwrap_or((&head, ""));
        Self { first: first.to_owned(), head: head.to_owned(), body: body.get(2..).unwrap_or_default() }
    }

    /// The method and target.
    pub fn target(&self) -> (Method, &str) {
        let (method, target) = self.first.split_once(' ').unwrap_or(("", &self.first));
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            _ => Method::Other,
        };
        (method, target)
    }

    /// The first header field of that name.
    pub fn field(&self, name: &str) -> Option<String> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|field| field.0.eq_ignore_ascii_case(name)).map(|field| field.1.to_owned())
    }

    /// The body, after the empty line.
    pub fn content(&self) -> &'a [u8] {
        self.body
    }
}

impl routing::Request for Request<'_> {
    fn header(&self, name: &str) -> Option<String> {
        self.field(name)
    }

    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        let fits = self.body.len() <= bytes_max as usize;
        fits.then(|| self.body.to_vec()).ok_or(BodyError::TooLarge)
    }
}
