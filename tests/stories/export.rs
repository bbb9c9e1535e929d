//! A deployment as files, for other hosts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use runtime::component::{Builtin, Role, Source};

use crate::harness::process::wandstore;

/// Long enough to compile five components on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A pipe can be read only once: a second read would block for ever.
#[test]
fn the_exported_bytes_are_those_that_were_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = |role| Source::Embedded(Builtin::Demo).read(role).expect("the binary has it").bytes;
    let pipe = folder.path().join("caching.wasm");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it is there").success());
    let config = "[components.caching]\npath = \"caching.wasm\"\n";
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("the folder is there");

    let caching = own(Role::Caching);
    std::thread::spawn(move || std::fs::write(pipe, caching));
    export(folder.path());
    for role in [Role::Caching, Role::Routing] {
        let written = folder.path().join("out").join(format!("{role}.wasm"));
        assert!(std::fs::read(written).expect("it was written") == *own(role), "{role}");
    }
}

fn export(folder: &Path) {
    let mut exporting = wandstore(folder);
    exporting.args(["export", "out"]).stdout(Stdio::null());
    let mut exporting = exporting.spawn().expect("the binary is built");
    let begun = Instant::now();
    let ended = loop {
        match exporting.try_wait().expect("it can be waited for") {
            None if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
            ended => break ended,
        }
    };
    if ended.is_none() {
        exporting.kill().expect("it runs");
        exporting.wait().expect("it ends");
    }
    assert!(ended.is_some_and(|ended| ended.success()), "{ended:?}: none where it read a file twice");
}
