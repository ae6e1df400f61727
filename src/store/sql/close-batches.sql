-- Marks as done what only waited for a look-up or a person, then dispatches all of whose batches are done: of one dispatch ($1) or
-- of all (NULL). Returns the released communications all of whose dispatches are done.
-- The caller holds the communications' rows, so that two workers closing the last two batches see each other.
WITH waiting AS (
  SELECT b.dispatch_id, b.batch_no
    FROM batch b
   WHERE b.done_at IS NULL AND b.ring_at IS NULL AND b.lease_owner IS NULL AND ($1::uuid IS NULL OR b.dispatch_id = $1)
     AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no
                        AND d.state IN ('queued', 'intent', 'deferred', 'in_doubt', 'held'))
),
counted AS (
  SELECT w.dispatch_id, w.batch_no,
         coalesce(jsonb_object_agg(x.state, x.n) FILTER (WHERE x.state IS NOT NULL), '{}') AS counts, coalesce(sum(x.missing), 0) AS missing
    FROM waiting w
    LEFT JOIN LATERAL (
      SELECT d.state, count(*) AS n, count(*) FILTER (WHERE d.state = 'refused' AND d.outcome_code LIKE 'missing-%') AS missing
        FROM delivery d WHERE d.dispatch_id = w.dispatch_id AND d.batch_no = w.batch_no GROUP BY 1) x ON true
   GROUP BY 1, 2
),
finished AS (
  UPDATE batch b SET done_at = now(), counts = n.counts, missing = n.missing FROM counted n
   WHERE b.dispatch_id = n.dispatch_id AND b.batch_no = n.batch_no
  RETURNING b.dispatch_id, b.batch_no
),
ended AS (
  UPDATE dispatch p SET state = 'done', done_at = now()
   WHERE p.state = 'released' AND ($1::uuid IS NULL OR p.id = $1)
     AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.dispatch_id = p.id AND b.done_at IS NULL
                        AND NOT EXISTS (SELECT 1 FROM finished f WHERE f.dispatch_id = b.dispatch_id AND f.batch_no = b.batch_no))
  RETURNING p.id, p.communication_id
)
SELECT c.id AS "communicationId"
  FROM communication c
 WHERE c.state = 'released' AND ($1::uuid IS NULL OR c.id = (SELECT communication_id FROM dispatch WHERE id = $1))
   AND NOT EXISTS (SELECT 1 FROM dispatch p WHERE p.communication_id = c.id AND p.state NOT IN ('done', 'cancelled')
                      AND NOT EXISTS (SELECT 1 FROM ended x WHERE x.id = p.id))
