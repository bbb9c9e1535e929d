//! A client with one connection and one request at a time, for measuring latencies.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// A kept-alive connection.
pub struct Client {
    address: String,
    stream: BufReader<TcpStream>,
}

/// An HTTP response.
pub struct Answer {
    /// The header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects to `host:port`.
    pub fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { address: address.to_owned(), stream: BufReader::new(stream) })
    }

    /// Sends a GET request for `target`; fails unless the status is 200.
    pub fn get(&mut self, target: &str) -> anyhow::Result<Answer> {
        write!(self.stream.get_mut(), "GET {target} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address)?;
        let status = self.line()?;
        if !status.contains(" 200 ") {
            bail!("{target}: {status}");
        }
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let mut answer = Answer { headers, body: Vec::new() };
        let length = answer.header("content-length").context("an answer without content-length")?.parse()?;
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Answer {
    /// Returns a header field, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}
