//! A stand-in for `wandstore`, as far as `endurance chaos` looks at it, which breaks a promise if the name that it is
//! started under says so. It shows that the judge notices.
//!
//! A job is a file, which is moved from folder to folder.
#![expect(clippy::print_stdout, reason = "it prints what `wandstore` prints")]
#![expect(clippy::disallowed_methods, reason = "the model is named by a variable, as for `wandstore`")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

const RETRY: Duration = Duration::from_millis(50);

/// The promise that it breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Broken {
    Nothing,
    /// It loses every fifth job.
    LosesJobs,
    /// It answers every fifth visit with half a page.
    HalvesPages,
    /// It answers every fifth visit with an error.
    Fails,
    /// It gives every fifth job up.
    GivesUp,
    /// It ends at the fiftieth request.
    Ends,
}

impl Broken {
    fn by_name() -> Self {
        let name = std::env::args().next().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        match name {
            "loses-jobs" => Self::LosesJobs,
            "halves-pages" => Self::HalvesPages,
            "fails" => Self::Fails,
            "gives-up" => Self::GivesUp,
            "ends" => Self::Ends,
            _ => Self::Nothing,
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let data = PathBuf::from(after("--data-dir").expect("it is given"));
    match after("--state") {
        Some(state) => list(&data, state),
        None => serve(&data),
    }
}

fn list(data: &Path, state: &str) {
    println!("ID");
    for job in fs::read_dir(data.join(state)).into_iter().flatten().flatten() {
        println!("{}", job.file_name().display());
    }
}

fn serve(data: &Path) {
    for state in ["terms", "queued", "running", "done", "dead", "new"] {
        fs::create_dir_all(data.join(state)).expect("there is room");
    }
    for database in ["kv.db", "jobs.db", "budget.db"] {
        fs::File::options().create(true).append(true).open(data.join(database)).expect("there is room");
    }
    // The jobs of the process before.
    for job in fs::read_dir(data.join("running")).expect("it is there").flatten() {
        let _ = fs::rename(job.path(), data.join("queued").join(job.file_name()));
    }
    std::thread::spawn(end_on_sigterm);
    let (listener, broken) = (TcpListener::bind("127.0.0.1:0").expect("a free port"), Broken::by_name());
    println!("http://{}/s/magic-wands", listener.local_addr().expect("it is bound"));
    let jobs = data.to_owned();
    std::thread::spawn(move || work(&jobs, broken));
    for (turn, stream) in (1_u32..).zip(listener.incoming()) {
        let Ok(stream) = stream else { continue };
        if broken == Broken::Ends && turn == 50 {
            return;
        }
        let data = data.to_owned();
        std::thread::spawn(move || converse(stream, &data, broken));
    }
}

fn end_on_sigterm() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is room");
    runtime.block_on(async {
        let terminate = tokio::signal::unix::SignalKind::terminate();
        tokio::signal::unix::signal(terminate).expect("there is room").recv().await;
    });
    std::process::exit(0);
}

/// Works on the jobs, one after the other.
fn work(data: &Path, broken: Broken) {
    loop {
        std::thread::sleep(Duration::from_millis(5));
        for job in fs::read_dir(data.join("queued")).into_iter().flatten().flatten() {
            let (name, running) = (job.file_name(), data.join("running").join(job.file_name()));
            if fs::rename(job.path(), &running).is_err() {
                continue;
            }
            let is_fifth = name.to_string_lossy().ends_with(['0', '5']);
            let term = fs::read_to_string(data.join("terms").join(&name)).unwrap_or_default();
            while ask(&term).is_none() {
                std::thread::sleep(RETRY);
            }
            if broken == Broken::LosesJobs && is_fifth {
                let _ = fs::remove_file(&running);
            }
            let end = if broken == Broken::GivesUp && is_fifth { "dead" } else { "done" };
            while running.exists() && fs::rename(&running, data.join(end).join(&name)).is_err() {
                std::thread::sleep(RETRY);
            }
        }
    }
}

/// Asks the model; returns `None` if there is no plan in the answer.
fn ask(term: &str) -> Option<()> {
    let url = std::env::vars().find(|(name, _)| name == "LLM_BASE_URL")?.1;
    let mut stream = TcpStream::connect(url.strip_prefix("http://")?.split('/').next()?).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let body = format!(r#"{{"messages":[{{"role":"user","content":"{term}\n{{\"title\":1}}"}}]}}"#);
    let head = format!("POST /v1/chat/completions HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).ok()?;
    let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
    while !answer.ends_with(b"}") {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        answer.extend_from_slice(&chunk[..count]);
    }
    let answer = String::from_utf8(answer).ok()?;
    (answer.starts_with("HTTP/1.1 200") && answer.contains(r#"{\"title\":1}"#)).then_some(())
}

fn converse(mut stream: TcpStream, data: &Path, broken: Broken) -> Option<()> {
    let (mut request, mut chunk) = (String::new(), [0; 4096]);
    let length = |head: &str| {
        let field = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        field.and_then(|length| length.parse().ok()).unwrap_or(0)
    };
    while request.split_once("\r\n\r\n").is_none_or(|(head, body)| body.len() < length(head)) {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        request += &String::from_utf8_lossy(&chunk[..count]);
    }
    let target = request.split(' ').nth(1)?;
    let shopper = target.split("shopper=").nth(1).and_then(|rest| rest.split('&').next());
    let (status, headers, body) = match target.split(['?', '/']).nth(1)? {
        "s" => page(data, shopper?, broken),
        "health" => (200, "", r#"{"status":"ok"}"#.to_owned()),
        "api" if target.contains("track") => track(data, &request)?,
        _ => (200, "", format!(r#"{{"state":"{}"}}"#, state(data, shopper?))),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all((head + &body).as_bytes()).ok()
}

/// Returns the state of a job. A job that is being moved is looked for again.
fn state(data: &Path, shopper: &str) -> &'static str {
    for _ in 0..3 {
        for (folder, state) in
            [("done", "ready"), ("queued", "queued"), ("running", "running"), ("dead", "failed")]
        {
            if data.join(folder).join(shopper).exists() {
                return state;
            }
        }
    }
    "none"
}

fn page(data: &Path, shopper: &str, broken: Broken) -> (u16, &'static str, String) {
    let is_fifth = shopper.ends_with(['0', '5']);
    let body = match broken {
        Broken::HalvesPages if is_fifth => "<html>",
        Broken::Fails if is_fifth => return (500, "", "it broke".to_owned()),
        _ => "<html></html>",
    };
    if data.join("done").join(shopper).exists() {
        return (200, "x-cache: HIT\r\nx-generated: true\r\n", body.to_owned());
    }
    let is_queued = state(data, shopper) != "none" || {
        let new = data.join("new").join(shopper);
        fs::write(&new, "a job").and_then(|()| fs::rename(&new, data.join("queued").join(shopper))).is_ok()
    };
    let headers = if is_queued {
        "x-cache: MISS\r\nx-generated: false\r\nx-generation-triggered: true\r\n"
    } else {
        "x-cache: MISS\r\nx-generated: false\r\nx-generation-triggered: false\r\n"
    };
    (200, headers, body.to_owned())
}

/// Stores what a shopper searched for.
fn track(data: &Path, request: &str) -> Option<(u16, &'static str, String)> {
    let member = |name: &str| request.split(&format!("\"{name}\":\"")).nth(1)?.split('"').next();
    let stored = fs::write(data.join("terms").join(member("shopper")?), member("term")?).is_ok();
    Some((200, "", format!(r#"{{"stored":{}}}"#, u8::from(stored))))
}
