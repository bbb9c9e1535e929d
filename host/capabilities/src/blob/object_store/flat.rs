//! Folders as earlier versions left them: all owners' objects in one folder, `generated/magic-wands:abc.html`. They are
//! moved to where [`location::path`] has them now, so that an owner's objects are found without reading everybody's.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::location;

/// Moves what is not in its owner's folder yet; how many objects that were. It may be cut off anywhere and run again.
pub fn move_to_owners(root: &Path) -> io::Result<u64> {
    let mut count = 0;
    for (name, is_folder) in entries(root)? {
        if let (true, Some(bucket)) = (is_folder, location::decode(&name)) {
            count += move_under(root, &bucket, &name)?;
        }
    }
    Ok(count)
}

/// Folders with a `:` in their name are owners' already.
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
    // No name of an object holds a bare `#`: it is a write that was cut off.
    if path.contains('#') {
        fs::remove_file(old)?;
        return Ok(false);
    }
    let segments: Option<Vec<_>> = path.split('/').skip(1).map(location::decode).collect();
    let Some(segments) = segments else { return Ok(false) };
    let new = root.join(location::path(bucket, &segments.join("/")).as_ref());
    if new.exists() {
        // It was written since.
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

/// The names in a folder that are text, and whether each is a folder. All are read before anything is moved.
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
