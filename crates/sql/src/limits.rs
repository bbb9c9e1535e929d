//! Counters of the work that strangers cause, by the generic cell rate algorithm (ITU-T I.371): a counter is the
//! time at which it is full again, and each taking moves that time by one interval.

/// ?1 now, ?2 the counters as a JSON array of objects with `key`, `interval_ms` (in which one grows again) and `room_ms`
/// (how long before it is full one may still be taken); ?3 the longest that any counter takes to be full.
///
/// Takes one from each counter, or none if one of them is used up, and returns their keys. A time that is later than a
/// counter can reach was written before the clock was set back.
pub const TAKE: &str = "
    INSERT INTO counters (key, full_ms)
    SELECT value ->> 'key', ?1 + (value ->> 'interval_ms') FROM json_each(?2)
    WHERE NOT EXISTS (
        SELECT 1 FROM json_each(?2) AS wanted JOIN counters ON counters.key = wanted.value ->> 'key'
        WHERE counters.full_ms - ?1 > wanted.value ->> 'room_ms'
            AND counters.full_ms - ?1 <= (wanted.value ->> 'room_ms') + (wanted.value ->> 'interval_ms')
    )
    ON CONFLICT (key) DO UPDATE
    SET full_ms = excluded.full_ms + iif(full_ms - ?1 BETWEEN 0 AND ?3, full_ms - ?1, 0)
    RETURNING key";
