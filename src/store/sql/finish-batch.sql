-- Lets go of a batch: done when nothing of it is open any more, else it rings again when something can be done. A row that still
-- says `intent` was passed by a worker that was believed dead, or nobody reported on it: nobody knows, so it is in doubt.
-- Changes nothing when the claim is no longer ours. Returns whether it is done.
-- $1 worker  $2 dispatch  $3 batch number  $4 fence  $5 seconds until it may ring again where something is still queued
WITH mine AS MATERIALIZED (
  SELECT dispatch_id, batch_no FROM batch
   WHERE dispatch_id = $2 AND batch_no = $3 AND lease_owner = $1 AND fence = $4 FOR UPDATE
),
orphaned AS (
  UPDATE delivery d SET state = 'in_doubt' FROM mine m
   WHERE d.dispatch_id = m.dispatch_id AND d.batch_no = m.batch_no AND d.state = 'intent' AND d.attempt <= $4
  RETURNING d.id
),
listed AS (INSERT INTO doubt (delivery_id) SELECT id FROM orphaned ON CONFLICT DO NOTHING),
counted AS (
  SELECT CASE d.state WHEN 'intent' THEN 'in_doubt' ELSE d.state END AS state, count(*) AS n, min(d.not_before) AS again,
         count(*) FILTER (WHERE d.state = 'refused' AND d.outcome_code LIKE 'missing-%') AS missing
    FROM delivery d JOIN mine m ON d.dispatch_id = m.dispatch_id AND d.batch_no = m.batch_no
   GROUP BY 1
),
summed AS (
  SELECT coalesce(bool_or(state IN ('queued', 'deferred', 'in_doubt', 'held')), false) AS open,
         bool_or(state = 'queued') AS queued, min(again) FILTER (WHERE state = 'deferred') AS again, jsonb_object_agg(state, n) AS counts,
         coalesce(sum(missing), 0) AS missing
    FROM counted
)
UPDATE batch b
   SET lease_owner = NULL,
       ring_at = CASE WHEN s.queued THEN app_now() + make_interval(secs => $5) ELSE s.again END,
       counts = CASE WHEN NOT s.open THEN coalesce(s.counts, '{}') END,
       missing = s.missing,
       done_at = CASE WHEN NOT s.open THEN now() END
  FROM mine m, summed s
 WHERE b.dispatch_id = m.dispatch_id AND b.batch_no = m.batch_no
RETURNING NOT s.open AS done
