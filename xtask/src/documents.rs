//! The repository's documents: which there are, where their links lead, and which headings they have.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The list of all documents, from which the book is built.
pub const SUMMARY: &str = "docs/SUMMARY.md";

/// Folders of files that nobody reads here: those that become documents of a new component, whose links start in its
/// folder, and what Shopify's assistant is told.
const ELSEWHERE: [&str; 2] = ["xtask/templates", "shopify/extensions"];

/// A Markdown file.
pub struct Document {
    /// Its path from the root of the repository.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// A link or an image that leads to a file of the repository or to a heading.
pub struct Link {
    /// Where the link is in its document.
    pub range: Range<usize>,
    /// The address as it is written.
    pub address: String,
    /// The file that it leads to, from the root of the repository.
    pub file: PathBuf,
    /// The heading that it leads to.
    anchor: Option<String>,
}

/// Reads every document: the Markdown files of the repository that git does not ignore.
pub fn all() -> anyhow::Result<Vec<Document>> {
    let is_read_here = |path: &PathBuf| !ELSEWHERE.iter().any(|folder| path.starts_with(folder));
    tracked("*.md")?.into_iter().filter(is_read_here).map(Document::read).collect()
}

/// Returns the files that match a pattern of git, from the root of the repository.
pub fn tracked(pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern]);
    let output = git.output().context("cannot run git")?;
    ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
    let paths = paths.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from);
    // A file that was deleted is listed until the deletion is staged.
    Ok(paths.filter(|path| path.exists()).collect::<BTreeSet<_>>().into_iter().collect())
}

/// Returns the links that lead to no file, or to no heading in it, each after its document's path.
pub fn lost_links(documents: &[Document]) -> Vec<String> {
    let anchors: HashMap<_, _> = documents.iter().map(|one| (one.path.as_path(), one.anchors())).collect();
    let is_lost = |link: &Link| {
        let has = |anchor| anchors.get(link.file.as_path()).is_some_and(|known| known.contains(anchor));
        !link.file.is_file() || !link.anchor.as_ref().is_none_or(has)
    };
    let of = |document: &Document| {
        let lost = document.links().into_iter().filter(is_lost);
        lost.map(|link| format!("{}: {}", document.path.display(), link.address)).collect::<Vec<_>>()
    };
    documents.iter().flat_map(of).collect()
}

impl Document {
    /// Reads the file at a path from the root of the repository.
    pub fn read(path: PathBuf) -> anyhow::Result<Self> {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path, text })
    }

    /// Returns the links to files and headings; those to other hosts are left out.
    pub fn links(&self) -> Vec<Link> {
        let events = parser(&self.text).into_offset_iter();
        let links = events.filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.link(&dest_url, range)
            }
            _ => None,
        });
        links.collect()
    }

    fn link(&self, address: &str, range: Range<usize>) -> Option<Link> {
        if address.contains("://") || address.starts_with("mailto:") {
            return None;
        }
        let (path, anchor) = address.split_once('#').map_or((address, None), |(path, id)| (path, Some(id)));
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let file = if path.is_empty() { self.path.clone() } else { resolved(&folder.join(path)) };
        Some(Link { range, address: address.to_owned(), file, anchor: anchor.map(str::to_owned) })
    }

    /// Returns the identifiers of the headings, as GitHub and mdBook make them.
    fn anchors(&self) -> BTreeSet<String> {
        let (mut anchors, mut counts, mut heading) = (BTreeSet::new(), HashMap::new(), None);
        for event in parser(&self.text) {
            match (event, &mut heading) {
                (Event::Start(Tag::Heading { .. }), heading) => *heading = Some(String::new()),
                (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
                (Event::End(TagEnd::Heading(_)), heading) => {
                    anchors.insert(unique(slug(&heading.take().unwrap_or_default()), &mut counts));
                }
                _ => {}
            }
        }
        anchors
    }
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// Removes `.` and `..` from a path.
fn resolved(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.parent().is_some() => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

/// Numbers headings with the same text.
fn unique(slug: String, counts: &mut HashMap<String, usize>) -> String {
    let count = counts.entry(slug.clone()).or_default();
    *count += 1;
    if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
}

#[cfg(test)]
mod tests;
