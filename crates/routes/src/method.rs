//! Methods of requests.

/// A request's method (RFC 9110, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD, answered like GET; the host drops the body.
    Head,
    /// POST
    Post,
    /// Any other.
    Other,
}

/// Sets of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methods {
    /// GET and HEAD.
    Read,
    /// POST.
    Write,
    /// GET, HEAD and POST.
    Both,
}

impl Methods {
    /// Returns whether the set has this method.
    pub fn includes(self, method: Method) -> bool {
        match method {
            Method::Get | Method::Head => self != Self::Write,
            Method::Post => self != Self::Read,
            Method::Other => false,
        }
    }

    /// Returns the value of an `allow` field (RFC 9110, section 10.2.1).
    pub fn field(self) -> &'static str {
        match self {
            Self::Read => "GET, HEAD",
            Self::Write => "POST",
            Self::Both => "GET, HEAD, POST",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_takes_the_methods_that_it_names() {
        for (methods, names) in
            [(Methods::Read, "GET, HEAD"), (Methods::Write, "POST"), (Methods::Both, "GET, HEAD, POST")]
        {
            assert_eq!(methods.field(), names);
            for (method, name) in [(Method::Get, "GET"), (Method::Head, "HEAD"), (Method::Post, "POST")] {
                assert_eq!(methods.includes(method), names.contains(name), "{name} in {names}");
            }
            assert!(!methods.includes(Method::Other));
        }
    }
}
