//! Migrates folders of earlier versions, which kept all owners' objects in one folder, as in
//! `generated/magic-wands:abc.html`. Moves them to the paths of [`location::path`], so that finding one owner's objects
//! does not read everyone's.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::location;

/// Moves objects into their owners' folders, and returns how many. It may be interrupted anywhere and run again.
pub fn move_to_owners(root: &Path) -> io::Result<u64> {
    let mut count = 0;
    for (name, is_folder) in entries(root)? {
        if let (true, Some(bucket)) = (is_folder, location::decode(&name)) {
            count += move_under(root, &bucket, &name)?;
        }
    }
    Ok(count)
}

/// Moves the objects under `folder`. Folders with a `:` in their name already belong to an owner.
fn move_under(root: &Path, bucket: &str, folder: &str) -> io::Result<u64> {
    let mut count = 0;
    for (name, is_folder) in entries(&root.join(folder))? {
        let path = format!("{folder}/{name}");
        match (is_folder, name.contains(':')) {
            (true, false) => count += move_under(root, bucket, &path)?,
            (false, true) => count += u64::from(move_object(root, bucket, &path)?),
            (true, true) | (false, false) => {}
        }
    }
    Ok(count)
}

fn move_object(root: &Path, bucket: &str, path: &str) -> io::Result<bool> {
    let old = root.join(path);
    // Object names never contain a bare `#`: this is an interrupted write.
    if path.contains('#') {
        fs::remove_file(old)?;
        return Ok(false);
    }
    let segments: Option<Vec<_>> = path.split('/').skip(1).map(location::decode).collect();
    let Some(segments) = segments else { return Ok(false) };
    let new = root.join(location::path(bucket, &segments.join("/")).as_ref());
    if new.exists() {
        // A newer version of the object was written since.
        fs::remove_file(old)?;
        return Ok(false);
    }
    match (fs::rename(&old, &new), new.parent()) {
        (Err(error), Some(shelf)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(shelf)?;
            fs::rename(&old, &new)?;
        }
        (moved, _) => moved?,
    }
    Ok(true)
}

/// Returns a folder's names that are valid text, and whether each is a folder. It reads all of them before anything
/// is moved.
fn entries(folder: &Path) -> io::Result<Vec<(String, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, entry.file_type()?.is_dir()));
        }
    }
    Ok(entries)
}
