//! Every statement of the components that an operator chose while the hosts serve.

/// $1 role, $2 reference or null. Returns the number of the choice.
pub const CHOOSE: &str = "
    INSERT INTO component_swaps (role, number, reference) VALUES ($1, 1, $2)
    ON CONFLICT (role) DO UPDATE SET number = component_swaps.number + 1, reference = excluded.reference,
        failure = NULL, turn = NULL
    RETURNING number";

/// Returns the choice of each role, how many hosts live, and how many of them have taken it up.
pub const ALL: &str = "
    SELECT role, number, reference, failure, (SELECT count(*) FROM hosts WHERE NOT is_gone) AS live,
        (SELECT count(*) FROM component_swap_hosts AS taken
            WHERE taken.role = component_swaps.role AND taken.number = component_swaps.number) AS taken
    FROM component_swaps ORDER BY role";

/// $1 role, $2 number, $3 host. Gives the host its turn. Changes nothing while it is another's, or if the choice failed
/// or is no longer the newest.
pub const BEGIN: &str = "
    UPDATE component_swaps SET turn = $3
    WHERE role = $1 AND number = $2 AND failure IS NULL AND turn IS NULL";

/// $1 role, $2 number, $3 host. Ends the turn of a host that took the component up.
pub const TAKEN: &str = "
    WITH ended AS (UPDATE component_swaps SET turn = NULL WHERE role = $1 AND turn = $3)
    INSERT INTO component_swap_hosts (role, number, host) VALUES ($1, $2, $3)
    ON CONFLICT (role, host) DO UPDATE SET number = excluded.number";

/// $1 role, $2 number, $3 host, $4 reason. Ends the turn of a host that refused the component or rolled back, and with
/// it the choice.
pub const FAILED: &str = "
    UPDATE component_swaps SET turn = NULL, failure = $4 WHERE role = $1 AND number = $2 AND turn = $3";

/// $1 role, $2 host. Ends the turn of a host that tries again later.
pub const POSTPONED: &str = "UPDATE component_swaps SET turn = NULL WHERE role = $1 AND turn = $2";
