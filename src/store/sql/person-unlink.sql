-- Takes a person out of their deliveries, which keep their states and so all counts. What waits ends as suppressed; what has passed the
-- gate or is in doubt keeps its number, as its outcome is still to come, and that number leads to nobody once the person is gone.
-- Returns how many were unlinked and how many are under way. Locks the person's deliveries, dispatch by dispatch.  $1 subscriber
WITH theirs AS (
  SELECT d.id, d.state FROM dispatch p
   CROSS JOIN LATERAL (SELECT d.id, d.state FROM delivery d WHERE d.dispatch_id = p.id AND d.recipient_key = $1::text FOR UPDATE) d
),
unlinked AS (
  UPDATE delivery d
     SET subscriber_id = NULL, recipient_key = 'erased:' || d.id,
         state = CASE WHEN t.state IN ('queued', 'deferred', 'held') THEN 'suppressed' ELSE d.state END,
         settled_at = CASE WHEN t.state IN ('queued', 'deferred', 'held') THEN now() ELSE d.settled_at END
    FROM theirs t WHERE d.id = t.id AND t.state NOT IN ('intent', 'in_doubt')
  RETURNING d.id
)
SELECT (SELECT count(*)::int FROM unlinked) AS deliveries, (SELECT count(*)::int FROM theirs WHERE state IN ('intent', 'in_doubt')) AS "underWay"
