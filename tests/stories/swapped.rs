//! What becomes of a component that was swapped in when the server or the command ends, and at later starts.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use host::components;
use host::config::{Config, Environment};
use runtime::component::{Binary, Role};

use crate::harness::{Process, eventually, process};
use crate::swap::{caching, other, other_bytes, own};

/// Begins a swap, and returns its command once the server has taken the component up.
fn begin(folder: &Path, source: &str) -> Child {
    let mut command = process::wandstore(folder);
    command.args(["components", "swap", source]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut command = command.spawn().expect("the binary is built");
    let mut line = String::new();
    // What it says later is not read.
    BufReader::new(command.stdout.as_mut().expect("it is piped"))
        .read_line(&mut line)
        .expect("it says something");
    assert!(line.contains("caching: swapped"), "{line}");
    command
}

#[tokio::test]
async fn an_interrupted_swap_leaves_a_component_that_is_decided_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    process::warm(folder);
    let digest = other(Role::Caching).digest;
    std::fs::write(folder.join("caching.wasm"), other_bytes(Role::Caching)).expect("the folder is there");
    let source = format!("caching=caching.wasm@{}", digest.named());

    // The server is killed while it watches the first calls: nothing is decided.
    let server = Process::start(folder, &[]);
    let command = begin(folder, &source);
    server.kill();
    let output = command.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("the server ended before it reported the result"), "{said}");
    let server = Process::start(folder, &[]);
    assert_eq!(caching(&server).await, own(Role::Caching).digest.to_string());

    // The command is killed: the server decides, and later starts know.
    let mut command = begin(folder, &source);
    command.kill().expect("it runs");
    command.wait().expect("it ends");
    eventually("it is kept", async || {
        for _ in 0..20 {
            server.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
        }
        folder.join("data/swapped/caching.json").exists().then_some(())
    })
    .await;
    server.kill();
    let server = Process::start(folder, &[]);
    assert_eq!(caching(&server).await, digest.to_string());
}

/// The moments are in its beginning, in which the component is compiled and taken up, and around its end.
#[tokio::test]
async fn a_server_that_is_killed_at_any_moment_of_a_swap_serves_one_of_both_components_afterwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    process::warm(folder);
    let both = [own(Role::Caching), other(Role::Caching)];
    for binary in &both {
        let file = folder.join(format!("{}.wasm", binary.digest));
        std::fs::write(file, &binary.bytes).expect("the folder is there");
    }
    let digests = both.map(|binary| binary.digest.to_string());
    for moment in [0, 30, 90, 200, 400, 700] {
        let server = Process::start(folder, &[]);
        let before = caching(&server).await;
        let next = digests.iter().find(|digest| **digest != before).expect("there are two");
        let mut command = process::wandstore(folder);
        command.args(["components", "swap", &format!("caching={next}.wasm@sha256:{next}")]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let command = command.expect("the binary is built");
        let shopping = async {
            loop {
                let page = server.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
                assert!(page.status == 200 && page.body.contains("</html>"), "{}", page.status);
            }
        };
        let _ = tokio::time::timeout(Duration::from_millis(moment), shopping).await;
        server.kill();
        let output = command.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().count(), usize::from(!output.status.success()), "{moment} ms: {said}");

        let server = Process::start(folder, &[]);
        let after = caching(&server).await;
        assert!(digests.contains(&after), "{moment} ms: {after}");
        assert!(!output.status.success() || after == *next, "{moment} ms: a swap that was reported counts");
        let page = server.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
        assert!(page.status == 200 && page.body.contains("</html>"), "{moment} ms: {}", page.status);
    }
}

/// Records a component for the next start, as a server does that keeps it.
fn record(folder: &Path, component: &Binary) {
    let data = folder.join("data");
    let config = std::fs::read_to_string(folder.join("wandstore.toml")).unwrap_or_default();
    let config = format!("{config}\n[server]\ndata_dir = {:?}\n", data.display().to_string());
    let environment = Environment::from_lookup(|_| None).expect("it is empty");
    let config = Config::parse(&config, folder.to_owned(), &environment).expect("it is right");
    let sha256 = components::store(&config).write(&component.bytes).expect("the folder is there");
    let in_place_of = components::configured(&config, Role::Caching).expect("there is one");
    let choice = components::Choice { sha256, origin: component.origin.clone(), in_place_of };
    components::swapped(&config).record(Role::Caching, &choice).expect("the folder is there");
}

#[tokio::test]
async fn the_configuration_counts_again_once_it_names_another_component() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    process::warm(folder);
    std::fs::write(folder.join("caching.wasm"), &own(Role::Caching).bytes).expect("the folder is there");
    let digest = || {
        let listed = process::command(folder, &["components"]);
        let line = listed.lines().find(|line| line.starts_with("caching")).expect("it has a line").to_owned();
        line.split_whitespace().nth(1).expect("it has a digest").to_owned()
    };
    let (own, other) = (own(Role::Caching).digest.to_string(), other(Role::Caching));
    record(folder, &other);
    assert_eq!(digest(), other.digest.to_string());
    // A file with the bytes of the component in the binary.
    std::fs::write(folder.join("wandstore.toml"), "[components.caching]\npath = 'caching.wasm'\n")
        .expect("the folder is there");
    assert_eq!(digest(), other.digest.to_string(), "it is the same component");
    std::fs::write(folder.join("caching.wasm"), [&other.bytes[..], &[0, 2, 1, b'y']].concat())
        .expect("the folder is there");
    assert_ne!(digest(), other.digest.to_string());
    assert_ne!(digest(), own);

    std::fs::remove_file(folder.join("wandstore.toml")).expect("it is there");
    assert_eq!(digest(), other.digest.to_string());
    let said = process::command(folder, &["components", "swap", "caching=configured"]);
    assert!(said.contains("caching: the next start takes the one in the configuration"), "{said}");
    assert_eq!(digest(), own, "no server is needed for that");
}

/// A start never fails because of what was swapped in.
#[tokio::test]
async fn a_swapped_in_component_that_is_damaged_or_does_not_fit_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    process::warm(folder);
    let of_another_role = own(Role::Catalog);
    record(folder, &of_another_role);
    let server = Process::start(folder, &[]);
    assert_eq!(caching(&server).await, own(Role::Caching).digest.to_string());
    let log = std::fs::read_to_string(&server.log).expect("there is a log");
    assert!(log.contains("cannot take the components that were swapped in"), "{log}");
    drop(server);

    record(folder, &other(Role::Caching));
    let stored = folder.join(format!("data/components/{}.bytes", other(Role::Caching).digest));
    std::fs::write(stored, "damaged").expect("it is there");
    let server = Process::start(folder, &[]);
    assert_eq!(caching(&server).await, own(Role::Caching).digest.to_string());
    let log = std::fs::read_to_string(&server.log).expect("there is a log");
    assert!(log.contains("is no longer in the data folder"), "{log}");
}
