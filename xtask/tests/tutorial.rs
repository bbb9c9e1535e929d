//! Follows docs/tutorial.md as a reader does: runs its commands in order and looks for what it says they print.
//!
//! The commands run as they are written, with four differences: `git clone` copies this repository, `cargo xtask dev`
//! serves with the binary that is built already and on a free port, builds share a target folder with the other tests of
//! new components, and `cargo test` uses its profile.
#![expect(clippy::disallowed_types, reason = "a server has a limited time to start")]

use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use tempfile::TempDir;

const TUTORIAL: &str = include_str!("../../docs/tutorial.md");

/// The address in the tutorial, in whose place there is a free one.
const LISTEN: &str = "127.0.0.1:8787";

/// Stand-ins for the commands that would need the network, or minutes.
const STAND_INS: &str = r#"
set -eu
git() {    test "$1" = clone || return 1
command git clone --quiet --depth 1 "file://$REPOSITORY" wandstore
}
cargo() {
    case "$1" in
    xtask) shift; "$XTASK" "$@" ;;
    test) shift; command cargo test --offline --release --target-dir "$SHARED" "$@" ;;
    build)
        command cargo "$@" --offline --target-dir "$SHARED"
        mkdir -p target/wasm32-unknown-unknown/release
        cp "$SHARED"/wasm32-unknown-unknown/release/my_catalog.wasm target/wasm32-unknown-unknown/release ;;
    *) echo "no stand-in for cargo $1" >&2; return 1 ;;
    esac
}
"#;

/// A block of code.
struct Block {
    language: String,
    text: String,
}

/// What the reader has done so far.
struct Reader {
    folder: TempDir,
    /// The working folder of the terminal.
    working: PathBuf,
    listen: String,
    server: Option<Server>,
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn every_command_of_the_tutorial_works_and_prints_what_it_says() {
    let mut reader = Reader::new();
    let mut printed = String::new();
    let mut commands = 0;
    for Block { language, text } in blocks() {
        match language.as_str() {
            "sh" => {
                printed = reader.follow(&text);
                commands += 1;
            }
            "text" => expect(&printed, &text),
            // These need a registry of the reader's own; `tests/stories/index.rs` runs them on one.
            "console" => {}
            other => panic!("a block of {other:?} cannot be followed: {text}"),
        }
    }
    assert!(commands > 10, "the tutorial has commands");
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_code = false;
    for event in Parser::new(TUTORIAL) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language =
                    if let CodeBlockKind::Fenced(name) = kind { name.into_string() } else { String::new() };
                blocks.push(Block { language, text: String::new() });
                is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(text) if is_code => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    blocks
}

#[track_caller]
fn expect(printed: &str, text: &str) {
    for line in text.lines() {
        assert!(printed.contains(line), "the tutorial promises {line:?}, and this was printed:\n{printed}");
    }
}

impl Reader {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
        Self { working: folder.path().to_owned(), folder, listen: free.to_string(), server: None }
    }

    /// Runs a block of commands, and returns what they print.
    fn follow(&mut self, commands: &str) -> String {
        if commands.trim() == "cargo xtask dev" {
            // The server before was stopped with Ctrl-C.
            self.server = None;
            self.server = Some(self.serve());
            return String::new();
        }
        let place = self.folder.path().join("place");
        let script = commands.replace(LISTEN, &self.listen);
        let script = format!("{STAND_INS}\n{script}\npwd > '{}'\n", place.display());
        let mut bash = Command::new("bash");
        bash.args(["-c", &script])
            .current_dir(&self.working)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_TARGET_DIR");
        bash.env("REPOSITORY", root()).env("XTASK", env!("CARGO_BIN_EXE_xtask")).env("SHARED", shared());
        let output = bash.output().expect("bash is there");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let printed = text(&output.stdout);
        assert!(output.status.success(), "{commands}\n{printed}{}", text(&output.stderr));
        self.working = fs::read_to_string(place).expect("it was written").trim().into();
        printed
    }

    /// Starts Wandstore as `cargo xtask dev` does.
    fn serve(&self) -> Server {
        let mut serve = Command::new(wandstore());
        serve.args(["serve", "--listen", &self.listen]).env("ENVIRONMENT", "development");
        // The tutorial's pages are planned locally, whatever model the developer has.
        for variable in ["LLM_API_KEY", "KIMI_API_KEY", "LLM_BASE_URL", "AI_GATEWAY_URL"] {
            serve.env_remove(variable);
        }
        serve.current_dir(&self.working).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut server = Server(serve.spawn().expect("it starts"));
        let started = Instant::now();
        while TcpStream::connect(&self.listen).is_err() {
            if server.0.try_wait().expect("it is our child").is_some()
                || started.elapsed() > Duration::from_mins(2)
            {
                server.0.kill().ok();
                let mut log = String::new();
                server.0.stderr.take().expect("it is piped").read_to_string(&mut log).ok();
                panic!("Wandstore does not serve:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

/// Returns the target folder that all new components share (`xtask/src/new/tests.rs`).
fn shared() -> PathBuf {
    binaries().parent().expect("a profile is in a target folder").join("tmp/new")
}

/// Returns the folder of this workspace's binaries.
fn binaries() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_xtask")).parent().expect("a binary is in a folder").to_owned()
}

/// Returns the host, which a test run of the workspace has built already.
fn wandstore() -> PathBuf {
    let wandstore = binaries().join("wandstore");
    if !wandstore.exists() {
        let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "host"]).status();
        assert!(built.expect("cargo is there").success(), "the host builds");
    }
    wandstore
}
