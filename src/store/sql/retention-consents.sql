-- Deletes consents that ended long enough ago: the time in which somebody could ask for the proof is over. Standing ones are never met.
-- $1 how long they are kept after their end  $2 how many at most. Returns how many, and whose they were.
WITH over AS MATERIALIZED (
  SELECT id FROM consent WHERE withdrawn_at < app_now() - $1::interval ORDER BY withdrawn_at LIMIT $2
),
gone AS (DELETE FROM consent c USING over o WHERE c.id = o.id RETURNING c.subscriber_id)
SELECT count(*)::int AS n, coalesce(array_agg(DISTINCT subscriber_id), '{}') AS people FROM gone
