//! Objects in a folder of this machine.

use std::future::{Ready, ready};
use std::sync::Arc;

use super::{Blob, Bounded, ObjectStore};
use crate::kind::{Opened, Site};

pub(super) use crate::kind::NoOptions as Options;

/// The folder in the data folder.
pub const FOLDER: &str = "blobs";

/// Opens the folder. Its operations are bounded, because those of a file system may hang.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Blob>> {
    let opened: Opened<dyn Blob> = match ObjectStore::folder(&site.folder.join(FOLDER)) {
        Ok(objects) => Ok(Arc::new(Bounded::new(Arc::new(objects)))),
        Err(error) => Err(error.into()),
    };
    ready(opened)
}
