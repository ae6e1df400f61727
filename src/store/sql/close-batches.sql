-- Marks batches done in which nothing waits, is being worked, in doubt or held, of one dispatch ($1) or of all (NULL);
-- then dispatches all of whose batches are done. Returns the released communications all of whose dispatches are done.
-- The caller holds the communication's row, so that two workers closing the last two batches see each other.
WITH finished AS (
  UPDATE batch b SET done_at = now()
   WHERE b.done_at IS NULL AND ($1::uuid IS NULL OR b.dispatch_id = $1)
     AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no
                        AND d.state IN ('queued', 'claimed', 'intent', 'deferred', 'in_doubt', 'held'))
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
   AND NOT EXISTS (SELECT 1 FROM dispatch p WHERE p.communication_id = c.id AND p.state <> 'done'
                      AND NOT EXISTS (SELECT 1 FROM ended x WHERE x.id = p.id))
