use super::connection::Busy;
use super::*;

const SECOND: u64 = 1_000;

fn with(connections: usize, per_address: usize) -> Arc<Connections> {
    let connections = Connections::new(Limits { connections, per_address });
    connections.tick(SECOND);
    connections
}

fn from(last: u8) -> IpAddr {
    IpAddr::from([203, 0, 113, last])
}

fn has_ended(place: &Place) -> bool {
    let ended = std::pin::pin!(place.connection.ended());
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    ended.poll(&mut task).is_ready()
}

/// A connection between two requests.
fn idle(connections: &Arc<Connections>) -> Place {
    let place = connections.enter(Some(from(1))).expect("there is a place");
    drop(place.connection.answers());
    place.connection.flushed();
    place
}

/// A connection whose client sends no head.
fn silent(connections: &Arc<Connections>) -> Place {
    connections.enter(Some(from(1))).expect("there is a place")
}

/// A connection whose client takes nothing of an answer.
fn stalled(connections: &Arc<Connections>) -> Place {
    let place = silent(connections);
    drop(place.connection.answers());
    place.connection.stalls();
    place
}

/// A connection whose client owes the body of its request.
fn owing(connections: &Arc<Connections>) -> (Place, Busy) {
    let place = silent(connections);
    let busy = place.connection.answers();
    place.connection.wants_bytes();
    (place, busy)
}

/// How a connection enters a phase, how many seconds it may stay there, and the phase's name.
type Phase<'a> = (&'a dyn Fn(&Arc<Connections>) -> Place, u64, &'a str);

#[test]
fn each_phase_of_a_connection_has_an_end() {
    let lingering = |connections: &_| {
        let place = silent(connections);
        assert!(place.connection.lingers(), "a head that was refused is read to its end");
        place
    };
    let phases: [Phase<'_>; 4] = [
        (&lingering, 2, "lingering"),
        (&silent, 10, "silent"),
        (&stalled, 10, "stalled"),
        (&idle, 75, "idle"),
    ];
    for (enter, seconds, name) in phases {
        let connections = with(10, 10);
        let place = enter(&connections);
        connections.tick((1 + seconds) * SECOND);
        assert!(!has_ended(&place), "{name}: too early");
        connections.tick((1 + seconds) * SECOND + 1);
        assert!(has_ended(&place), "{name}: too late");
    }
}

#[test]
fn a_head_has_ten_seconds_in_all_however_it_trickles() {
    let connections = with(10, 10);
    let place = idle(&connections);
    for second in 20..=30 {
        connections.tick(second * SECOND);
        place.connection.read();
        assert!(!has_ended(&place), "{second}");
    }
    connections.tick(30 * SECOND + 1);
    assert!(has_ended(&place));
}

#[test]
fn a_client_at_a_byte_a_second_is_dropped_and_a_slow_one_is_served() {
    let connections = with(10, 10);
    let (crawling, slow) = (stalled(&connections), stalled(&connections));
    for second in 1..=11 {
        crawling.connection.wrote(1);
        slow.connection.wrote(2_000);
        connections.tick((1 + second) * SECOND);
    }
    assert!(has_ended(&crawling) && !has_ended(&slow));
    slow.connection.flushed();
    connections.tick(70 * SECOND);
    assert!(!has_ended(&slow), "it took all, and is idle since");
}

#[test]
fn a_connection_that_waits_for_us_is_not_ended() {
    let connections = with(10, 10);
    let place = silent(&connections);
    let _busy = place.connection.answers();
    connections.tick(1_000 * SECOND);
    assert!(!has_ended(&place));
    let wait = connections.wait(&place.connection, None).expect("nobody else waits");
    connections.tick(2_000 * SECOND);
    assert!(!has_ended(&place), "what it waits for has an end of its own");
    drop(wait);
}

#[test]
fn a_newcomer_takes_the_place_that_is_worth_least() {
    let connections = with(5, 10);
    let waiting = silent(&connections);
    let _waits = {
        let _busy = waiting.connection.answers();
        connections.wait(&waiting.connection, None).expect("nobody else waits")
    };
    let (owing, _busy) = owing(&connections);
    let stalled = stalled(&connections);
    let silent = silent(&connections);
    let idle = idle(&connections);
    connections.tick(5 * SECOND);
    let mut newcomers = Vec::new();
    for (place, name) in
        [(idle, "idle"), (silent, "silent"), (owing, "owing"), (stalled, "stalled"), (waiting, "waiting")]
    {
        assert!(!has_ended(&place), "{name}: too early");
        let newcomer = connections.enter(Some(from(2))).expect("there is a place");
        let _answers = newcomer.connection.answers();
        newcomers.push(newcomer);
        assert!(has_ended(&place), "{name}");
    }
}

#[test]
fn newcomers_do_not_drive_out_each_other_while_somebody_else_may_go() {
    let connections = with(2, 10);
    let stalled = stalled(&connections);
    connections.tick(5 * SECOND);
    let first = silent(&connections);
    let second = silent(&connections);
    assert!(has_ended(&stalled) && !has_ended(&first));
    let _third = silent(&connections);
    assert!(has_ended(&first) && !has_ended(&second), "of newcomers, the oldest goes");
}

#[test]
fn while_every_connection_is_being_answered_a_newcomer_waits() {
    let connections = with(1, 10);
    let place = silent(&connections);
    let busy = place.connection.answers();
    connections.tick(100 * SECOND);
    assert_eq!(connections.enter(Some(from(2))).err(), Some(Full::All));
    drop(busy);
    place.connection.flushed();
    assert!(connections.enter(Some(from(2))).is_ok());
}

#[test]
fn an_address_that_has_too_many_loses_one_of_its_own() {
    let connections = with(10, 2);
    let other = connections.enter(Some(from(9))).expect("there is a place");
    let (first, second) = (silent(&connections), silent(&connections));
    connections.tick(5 * SECOND);
    let _third = silent(&connections);
    assert!(has_ended(&first) && !has_ended(&second) && !has_ended(&other));
}

#[test]
fn an_address_whose_connections_are_all_answered_is_turned_away() {
    let connections = with(10, 1);
    let place = silent(&connections);
    let _busy = place.connection.answers();
    assert_eq!(connections.enter(Some(from(1))).err(), Some(Full::Address));
    assert!(connections.enter(Some(from(2))).is_ok());
    drop(place);
    assert!(connections.enter(Some(from(1))).is_ok(), "its place is free again");
}

#[test]
fn a_network_of_ipv6_is_one_address() {
    let connections = with(10, 1);
    let enter = |address: &str| connections.enter(address.parse().ok());
    let place = enter("2001:db8::1").expect("there is a place");
    let _busy = place.connection.answers();
    assert_eq!(enter("2001:db8::2:3").err(), Some(Full::Address));
    assert!(enter("2001:db8:0:1::1").is_ok());
    let mapped = enter("::ffff:203.0.113.1").expect("there is a place");
    let _busy = mapped.connection.answers();
    assert_eq!(enter("203.0.113.1").err(), Some(Full::Address));
}

#[test]
fn a_trusted_proxys_connections_and_waits_are_not_counted_as_its_own() {
    let connections = with(10, 1);
    let places: Vec<_> = (0..5).map(|_| connections.enter(None).expect("there is a place")).collect();
    assert!(!places.iter().any(has_ended));
    let waits: Vec<_> = places.iter().map(|place| connections.wait(&place.connection, None)).collect();
    assert!(waits.iter().all(Option::is_some));
}

#[test]
fn only_half_of_the_connections_may_wait_and_so_many_of_one_client() {
    let connections = with(6, 2);
    let place = connections.enter(Some(from(1))).expect("there is a place");
    let wait = |client| connections.wait(&place.connection, Some(from(client)));
    let waits = [wait(1), wait(1)];
    assert!(waits.iter().all(Option::is_some));
    assert!(wait(1).is_none(), "that client waits twice already");
    let other = wait(2);
    assert!(other.is_some());
    assert!(wait(3).is_none(), "half of the connections wait already");
    drop(waits);
    assert!(wait(1).is_some() && wait(3).is_some());
}
