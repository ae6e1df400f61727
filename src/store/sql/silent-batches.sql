-- Batches with something queued, no rendition of it still wanted, whose doorbell has not been rung for $1 seconds; marks them as
-- rung now and returns them. Lost jobs come back by this (D2); a batch still being worked is harmless to ring twice.
WITH silent AS (
  SELECT b.dispatch_id, b.batch_no
    FROM batch b
   WHERE b.done_at IS NULL AND (b.rung_at IS NULL OR b.rung_at < now() - make_interval(secs => $1))
     AND EXISTS (SELECT 1 FROM delivery d
                  WHERE d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no AND d.state = 'queued')
     AND NOT EXISTS (SELECT 1 FROM delivery d JOIN rendition r ON r.id = d.rendition_id AND r.state = 'wanted'
                      WHERE d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no AND d.state = 'queued')
     FOR UPDATE OF b SKIP LOCKED
)
UPDATE batch b SET rung_at = now() FROM silent s
 WHERE b.dispatch_id = s.dispatch_id AND b.batch_no = s.batch_no
RETURNING b.dispatch_id AS "dispatchId", b.batch_no AS "batchNo"
