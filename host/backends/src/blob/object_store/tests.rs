use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions,
    PutOptions, PutResult, Result,
};

use super::*;

/// A folder that counts the names read from it.
#[derive(Debug)]
struct Counting {
    folder: LocalFileSystem,
    names: Arc<AtomicUsize>,
}

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.folder.fmt(f)
    }
}

#[async_trait]
impl object_store::ObjectStore for Counting {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.folder.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.folder.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.folder.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.folder.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let names = self.names.clone();
        let listed = self.folder.list(prefix);
        Box::pin(listed.inspect(move |_| _ = names.fetch_add(1, Ordering::Relaxed)))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let listed = self.folder.list_with_delimiter(prefix).await?;
        self.names.fetch_add(listed.common_prefixes.len() + listed.objects.len(), Ordering::Relaxed);
        Ok(listed)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.folder.copy_opts(from, to, options).await
    }
}

/// Returns how many names are read to list all keys under each prefix, and how many keys there are.
async fn names_read(folder: &std::path::Path, prefixes: &[&str]) -> (usize, usize) {
    let names = Arc::new(AtomicUsize::new(0));
    let folder = LocalFileSystem::new_with_prefix(folder).unwrap();
    let blob = ObjectStore::new(Arc::new(Counting { folder, names: names.clone() }));
    let mut keys = 0;
    for prefix in prefixes {
        let mut after = String::new();
        loop {
            let page = blob.list_keys("B", prefix, Some(&after), 500).await.unwrap();
            keys += page.len();
            let Some(last) = page.into_iter().last() else { break };
            after = last;
        }
    }
    (names.load(Ordering::Relaxed), keys)
}

async fn fill(folder: &std::path::Path, store: &str, shoppers: std::ops::Range<u32>) {
    let blob = ObjectStore::folder(folder).unwrap();
    for number in shoppers {
        for ending in [".html", ".json", "_DE-DE.html"] {
            blob.put("B", &format!("generated/{store}:customer-{number}{ending}"), "v".into()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn objects_of_other_owners_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), "small", 0..10).await;
    let shop = ["generated/small:"];
    let customer = ["generated/small:customer-7.", "generated/small:customer-7_"];
    let (of_shop, of_customer) =
        (names_read(folder.path(), &shop).await, names_read(folder.path(), &customer).await);
    assert_eq!((of_shop.1, of_customer.1), (30, 3));

    fill(folder.path(), "large", 0..2_000).await;
    assert_eq!(names_read(folder.path(), &shop).await, of_shop, "another shop's are not read");
    assert_eq!(names_read(folder.path(), &customer).await, of_customer, "another shop's are not read");

    let (read, keys) =
        names_read(folder.path(), &["generated/large:customer-7.", "generated/large:customer-7_"]).await;
    assert_eq!(keys, 3);
    assert!(read < 6_000 / 25, "of a customer one shelf of 256 is read, twice: {read} names");
    let (read, keys) = names_read(folder.path(), &["generated/large:"]).await;
    assert_eq!(keys, 6_000);
    assert!(read < 3 * 6_000, "a shop is read once, and the shelf where a page ends once more: {read} names");
}

#[tokio::test]
async fn objects_of_an_earlier_version_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("B/generated");
    std::fs::create_dir_all(&old).unwrap();
    let keys = ["magic-wands:abc.html", "magic-wands:abc.json", "a.myshopify.com:customer-7_DE-DE.html"];
    for name in keys.into_iter().chain(["plain", "magic-wands:torn.html#1"]) {
        std::fs::write(old.join(name), name).unwrap();
    }
    let read =
        async |blob: &ObjectStore, name: &str| blob.get("B", &format!("generated/{name}")).await.unwrap();
    let blob = ObjectStore::folder(folder.path()).unwrap();
    for name in keys.into_iter().chain(["plain"]) {
        assert_eq!(read(&blob, name).await.as_deref(), Some(name.as_bytes()), "{name}");
    }
    assert_eq!(blob.list_keys("B", "generated/", None, 10).await.unwrap().len(), 4);
    let mut left: Vec<_> = std::fs::read_dir(&old).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort_unstable();
    assert_eq!(left, ["a.myshopify.com:", "magic-wands:", "plain"]);

    blob.put("B", "generated/magic-wands:abc.html", "newer".into()).await.unwrap();
    std::fs::write(old.join("magic-wands:abc.html"), "from a backup").unwrap();
    let reopened = ObjectStore::folder(folder.path()).unwrap();
    assert_eq!(read(&reopened, "magic-wands:abc.html").await.unwrap(), "newer");
    assert!(!old.join("magic-wands:abc.html").exists());
}

#[tokio::test]
async fn a_deleted_owner_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), "small", 0..10).await;
    let blob = ObjectStore::folder(folder.path()).unwrap();
    let keys = blob.list_keys("B", "generated/small:", None, 100).await.unwrap();
    blob.delete_many("B", &keys).await.unwrap();
    assert!(!folder.path().join("B").exists());
    fill(folder.path(), "small", 0..1).await;
    assert_eq!(blob.list_keys("B", "", None, 100).await.unwrap().len(), 3);
}
