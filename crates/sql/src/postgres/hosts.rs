//! Every statement of hosts and of the members that they share out among themselves. Times are those of the server's
//! clock at the moment when a row is changed, which may have waited for another transaction.

/// $1 id, $2 length of the lease in milliseconds. Changes nothing if the host is entered already, except if it was
/// declared gone and nobody takes over its jobs any longer.
pub const ENTER: &str = "
    INSERT INTO hosts (id, until) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET is_gone = false, until = excluded.until
        WHERE hosts.is_gone AND hosts.until < clock_timestamp()";

/// $1 id, $2 length of the lease in milliseconds. Extends the lease even if it has expired. Changes nothing if the host
/// is not entered or was declared gone.
pub const EXTEND: &str = "
    UPDATE hosts SET until = clock_timestamp() + $2 * interval '1 millisecond'
    WHERE id = $1 AND NOT is_gone";

/// Returns the hosts in the order of arrival, and whether the lease of each has ended.
pub const ALL: &str = "SELECT id, is_gone, until < clock_timestamp() AS has_ended FROM hosts ORDER BY number";

/// $1 id, $2 how long taking over its jobs may take, in milliseconds. Declares a host gone whose lease has ended, or
/// takes the place of a host that did so and ended before it was finished. Changes nothing if another one was faster.
pub const DECLARE_GONE: &str = "
    UPDATE hosts SET is_gone = true, until = clock_timestamp() + $2 * interval '1 millisecond'
    WHERE id = $1 AND until < clock_timestamp()";

/// $1 id. Its members are free then.
pub const REMOVE_GONE: &str = "DELETE FROM hosts WHERE id = $1 AND is_gone";

/// $1 id. Its members are free then.
pub const REMOVE: &str = "DELETE FROM hosts WHERE id = $1";

/// $1 names.
pub const ADD_MEMBERS: &str = "
    INSERT INTO pool_members (name) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING";

/// $1 the host, $2 names. Returns who has each member, how many of its jobs run on this host without being counted
/// there any more, and on others.
pub const MEMBERS: &str = "
    SELECT name, pool_members.host, coalesce(sum(jobs) FILTER (WHERE pool_leftovers.host = $1), 0) AS here,
        coalesce(sum(jobs) FILTER (WHERE pool_leftovers.host <> $1), 0) AS elsewhere
    FROM pool_members LEFT JOIN pool_leftovers ON member = name
    WHERE name = ANY ($2) GROUP BY name";

/// $1 the host, $2 names, $3 the most. Takes free members, and returns them with the number of their jobs that still run
/// on other hosts. A member is given up together with that number, so this statement sees both or neither.
pub const TAKE: &str = "
    UPDATE pool_members SET host = $1
    WHERE name = ANY (ARRAY(
        SELECT name FROM pool_members WHERE host IS NULL AND name = ANY ($2)
        ORDER BY name LIMIT $3 FOR UPDATE SKIP LOCKED
    ))
    RETURNING name, (
        SELECT coalesce(sum(jobs), 0) FROM pool_leftovers WHERE member = name AND pool_leftovers.host <> $1
    ) AS elsewhere";

/// $1 the host, $2 the member, $3 how many of its jobs still run there. Gives up a member.
pub const GIVE_UP: &str = "
    WITH given_up AS (UPDATE pool_members SET host = NULL WHERE name = $2 AND host = $1 RETURNING name)
    INSERT INTO pool_leftovers (member, host, jobs) SELECT name, $1, $3 FROM given_up WHERE $3 > 0
    ON CONFLICT (member, host) DO UPDATE SET jobs = excluded.jobs";

/// $1 the host, $2 the member, $3 how many of its jobs still run there.
pub const SET_LEFTOVER: &str = "UPDATE pool_leftovers SET jobs = $3 WHERE host = $1 AND member = $2";

/// $1 the host, $2 the member.
pub const REMOVE_LEFTOVER: &str = "DELETE FROM pool_leftovers WHERE host = $1 AND member = $2";
