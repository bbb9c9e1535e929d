//! Hears the notices of the other hosts, on a connection of its own.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::notices::{Notice, Subject};
use super::{Address, CONNECT, Error, STATEMENT};
use crate::watch::Watcher;

/// How long it may take to try out a connection on which nothing arrived. With [`Subject::silence`], a dead connection is
/// noticed in less than a second if memory is trusted because of it.
const TRIED: Duration = Duration::from_millis(500);
/// The pause before connecting again.
const PAUSE: Duration = Duration::from_millis(500);

/// Listens forever. `own` is the name of this host, whose own notices are of no interest.
pub async fn listen(address: Address, subject: Subject, own: u64, watcher: Arc<dyn Watcher>) {
    loop {
        match connect(&address, subject).await {
            Ok(mut connection) => {
                watcher.connected();
                let lost = hear(&mut connection, subject.silence(), own, &*watcher).await;
                watcher.lost();
                tracing::warn!(error = %lost, ?subject, "not notified of other hosts' changes; reading from storage until it is");
            }
            Err(error) => tracing::debug!(%error, "cannot listen to other hosts"),
        }
        sleep(PAUSE).await;
    }
}

async fn connect(address: &Address, subject: Subject) -> Result<PgListener, Error> {
    let connecting = async {
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT);
        let pool = pool.connect_lazy_with(address.with_statement_timeout(STATEMENT));
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        let channel = sqlx::query_scalar(::sql::postgres::CHANNEL).bind(subject.name());
        let channel: String = channel.fetch_one(&mut listener).await?;
        listener.listen(&channel).await?;
        Ok::<_, sqlx::Error>(listener)
    };
    let connected = timeout(CONNECT, connecting).await;
    Ok(connected.map_err(|_| Error::no_answer(CONNECT))??)
}

/// Passes notices on. Returns once the connection is dead, and says why.
async fn hear(connection: &mut PgListener, silence: Duration, own: u64, watcher: &dyn Watcher) -> Error {
    loop {
        match timeout(silence, connection.try_recv()).await {
            Ok(Ok(Some(notification))) => pass_on(&notification, own, watcher),
            Ok(Ok(None)) => return Error::Unavailable("PostgreSQL closed the connection".to_owned()),
            Ok(Err(error)) => return error.into(),
            Err(_) => match timeout(TRIED, connection.execute("SELECT 1")).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.into(),
                Err(_) => return Error::no_answer(TRIED),
            },
        }
    }
}

fn pass_on(notification: &PgNotification, own: u64, watcher: &dyn Watcher) {
    match serde_json::from_str(notification.payload()) {
        Ok(Notice { from, .. }) if from == own => {}
        Ok(Notice { keys: Some(keys), .. }) => {
            for (store, key) in keys {
                watcher.changed(&store, &key);
            }
        }
        // Of all keys, or of a later version of this program.
        Ok(Notice { keys: None, .. }) | Err(_) => watcher.connected(),
    }
}
