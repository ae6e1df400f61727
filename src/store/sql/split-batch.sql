-- Splits what is left of a batch that workers die with, so that the one delivery at fault is soon alone (R3). The parts keep the
-- count of deaths: one more and they are split again. Nothing is split while somebody holds it.
-- $1 dispatch  $2 batch number  $3 into how many
WITH whole AS MATERIALIZED (
  SELECT * FROM batch WHERE dispatch_id = $1 AND batch_no = $2 AND lease_owner IS NULL AND done_at IS NULL FOR UPDATE
),
numbered AS (
  UPDATE dispatch p SET last_batch = p.last_batch + $3 FROM whole WHERE p.id = whole.dispatch_id RETURNING p.last_batch - $3 AS base
),
part AS (
  SELECT d.id, numbered.base + ntile($3) OVER (ORDER BY d.id) AS batch_no
    FROM delivery d, numbered
   WHERE d.dispatch_id = $1 AND d.batch_no = $2 AND d.state IN ('queued', 'deferred')
),
moved AS (UPDATE delivery d SET batch_no = part.batch_no FROM part WHERE d.id = part.id),
added AS (
  INSERT INTO batch (dispatch_id, batch_no, rendition_id, segment_key, total, ring_at, deaths, fence)
  SELECT w.dispatch_id, part.batch_no, w.rendition_id, w.segment_key, count(*), app_now(), w.deaths, w.fence
    FROM part, whole w GROUP BY 1, 2, 3, 4, 7, 8
  RETURNING total
)
UPDATE batch b SET total = b.total - (SELECT coalesce(sum(total), 0) FROM added), ring_at = NULL
  FROM whole w WHERE b.dispatch_id = w.dispatch_id AND b.batch_no = w.batch_no
