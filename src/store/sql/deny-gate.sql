-- Ends deliveries the gate did not let through, and returns their new states. A claim that is no longer ours is left alone.
-- $1 delivery ids  $2 their attempts  $3 lease owner
UPDATE delivery d
   SET state = CASE WHEN now() > c.latest_useful_at THEN 'expired' ELSE 'suppressed' END,
       settled_at = now(), lease_owner = NULL, lease_until = NULL
  FROM unnest($1::bigint[], $2::int[]) AS gate(id, attempt), communication c
 WHERE d.id = gate.id AND d.attempt = gate.attempt AND d.lease_owner = $3 AND d.state = 'claimed' AND c.id = d.communication_id
RETURNING d.state
