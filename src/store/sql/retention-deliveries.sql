-- Batches that were done long enough ago keep only their counts: the rows that say which person got the message are deleted, posts and
-- pages stay, and the batch is marked so that no later night looks at it. A batch with a delivery in doubt waits until that is settled.
-- Pages count done batches by batch.counts (progress.sql), so they say the same before and after. Locks the batches it takes.
-- $1 how long they are kept  $2 how many batches at most. Returns how many batches and rows.
WITH over AS MATERIALIZED (
  SELECT b.dispatch_id, b.batch_no FROM batch b
   WHERE NOT b.reduced AND b.done_at < app_now() - $1::interval AND b.counts IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM doubt x JOIN delivery y ON y.id = x.delivery_id
                      WHERE y.dispatch_id = b.dispatch_id AND y.batch_no = b.batch_no)
   ORDER BY b.done_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
marked AS (
  UPDATE batch b SET reduced = true FROM over o WHERE b.dispatch_id = o.dispatch_id AND b.batch_no = o.batch_no
  RETURNING b.batch_no
),
gone AS (
  DELETE FROM delivery d USING over o
   WHERE d.dispatch_id = o.dispatch_id AND d.batch_no = o.batch_no AND d.subscriber_id IS NOT NULL
  RETURNING d.id
)
SELECT (SELECT count(*)::int FROM marked) AS batches, (SELECT count(*)::int FROM gone) AS rows
