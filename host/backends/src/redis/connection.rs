//! Keeps a connection to the server.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, PushInfo, PushKind};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::feed::Feed;
use super::{ANSWER, Address, CONNECT, Error, State};

/// How often the connection is tried out.
const TRIES: Duration = Duration::from_millis(250);
/// After this time without an answer, memory is no longer trusted. With [`TRIES`], it is less than a second. The
/// connection has more time, because a server or a machine that is slow for a moment must not fail all calls.
const TRIED: Duration = Duration::from_millis(500);
/// The pause before connecting again.
const PAUSE: Duration = Duration::from_millis(200);

/// Reconnects for as long as the connection is in use.
pub async fn keep(address: Address, feed: Arc<Feed>, state: watch::Sender<State>) {
    while !state.is_closed() {
        let ended = Arc::new(Notify::new());
        match connect(&address, &feed, ended.clone()).await {
            Ok(connection) => {
                feed.connected();
                state.send_replace(State::Connected(connection.clone()));
                let lost = watch_over(connection, &ended, &feed).await;
                // Memory is no longer trusted before calls fail.
                feed.lost();
                tracing::warn!(error = %lost, "lost the connection to Redis");
                state.send_replace(State::Failed(lost));
            }
            Err(error) => {
                state.send_replace(State::Failed(error));
            }
        }
        sleep(PAUSE).await;
    }
}

/// Connects, and has changes reported to `feed`. Notifies `ended` when the connection ends.
async fn connect(
    address: &Address,
    feed: &Arc<Feed>,
    ended: Arc<Notify>,
) -> Result<MultiplexedConnection, Error> {
    let inbox = feed.clone();
    let push = move |message: PushInfo| -> Result<(), std::convert::Infallible> {
        inbox.take(&message);
        if message.kind == PushKind::Disconnection {
            ended.notify_one();
        }
        Ok(())
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER))
        .set_push_sender(push);
    let connecting = async {
        let client = address.client()?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        ::redis::cmd("CLIENT")
            .arg(&["TRACKING", "ON", "BCAST", "PREFIX", feed.prefix()])
            .query_async::<()>(&mut connection)
            .await?;
        Ok::<_, Error>(connection)
    };
    timeout(CONNECT, connecting).await.map_err(|_| Error::no_answer(CONNECT))?
}

/// Returns once the connection has ended or does not answer, and says why. While an answer is late, changes may be too.
async fn watch_over(mut connection: MultiplexedConnection, ended: &Notify, feed: &Feed) -> Error {
    loop {
        tokio::select! {
            () = ended.notified() => return Error::Unavailable("Redis closed the connection".to_owned()),
            () = sleep(TRIES) => {}
        }
        let ping = ::redis::cmd("PING");
        let mut answer = pin!(ping.query_async::<()>(&mut connection));
        let in_time = timeout(TRIED, &mut answer).await;
        let answered = if let Ok(answered) = in_time {
            answered
        } else {
            feed.lost();
            match timeout(ANSWER, answer).await {
                Ok(answered) => answered.inspect(|()| feed.connected()),
                Err(_) => return Error::no_answer(ANSWER),
            }
        };
        if let Err(error) = answered {
            return error.into();
        }
    }
}
