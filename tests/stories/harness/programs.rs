//! Programs of others that stories run: a registry, a collector, Prometheus. `cargo xtask test` installs them. Where one is
//! missing, a story is skipped and says so; with `CI=true` it fails.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

/// A program that runs until this is dropped.
pub struct Program(Child);

impl Program {
    /// Starts a program whose output goes to a file, and waits until it listens. Returns `None` if it is missing.
    pub async fn start(command: &mut Command, log: &Path, address: &str) -> Option<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let output = std::fs::File::create(log).expect("the folder is there");
        let errors = output.try_clone().expect("it is open");
        let mut program = match command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn() {
            Ok(child) => Self(child),
            Err(error) => return skipped(&name, &error.to_string()),
        };
        for _ in 0..600 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(program);
            }
            if program.0.try_wait().expect("it is a child").is_some() {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return skipped(&name, said.lines().last().unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {name} listens at {address}")
    }
}

fn skipped(name: &str, why: &str) -> Option<Program> {
    assert!(!is_ci(), "this test needs {name}: {why}");
    // Not by a macro, whose output tests hide.
    let skipped = format!("SKIPPED: no {name}: {why}\n");
    std::io::stderr().write_all(skipped.as_bytes()).expect("standard error is open");
    None
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the folder of a program that `cargo xtask test` unpacks below cargo's target folder.
pub fn unpacked(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in cargo's target folder");
    target.join(name)
}

/// Returns an address of this machine that nobody listens on.
pub fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    free.local_addr().expect("it is bound").to_string()
}

#[expect(clippy::disallowed_methods, reason = "a test may be skipped on a developer's machine only")]
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}
