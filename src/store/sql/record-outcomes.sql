-- Writes what channels said of their attempts and returns each state written. The fence: only the attempt that passed the
-- gate may report, and late evidence of acceptance also ends a doubt that a lapsed lease raised.
-- $1 ids  $2 attempts  $3 new states  $4 codes  $5 proofs  $6 minutes to wait (deferred only)
UPDATE delivery d
   SET state = o.state, outcome_code = o.code, proof = o.proof, lease_owner = NULL, lease_until = NULL,
       settled_at = CASE WHEN o.state IN ('accepted', 'refused') THEN now() END,
       not_before = CASE WHEN o.state = 'deferred' THEN now() + make_interval(mins => o.wait) END
  FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[]) AS o(id, attempt, state, code, proof, wait)
 WHERE d.id = o.id AND d.attempt = o.attempt
   AND (d.state = 'intent' OR (d.state = 'in_doubt' AND o.state = 'accepted'))
RETURNING d.state
