-- How many people joined and left a list in each month, by the partnership's own calendar; months without either are not in it.
-- A consent that only took the place of an older one (new words) is no joining, and the older one's end no leaving. Who was erased
-- since still counts. Reads only.
-- $1 list  $2 time zone  $3 the first day, "2026-01-01"
WITH told AS (
  SELECT c.given_at, c.withdrawn_at, c.end_reason,
         EXISTS (SELECT 1 FROM consent o WHERE o.list_key = $1 AND o.end_reason = 'superseded'
                    AND o.subscriber_id = c.subscriber_id AND o.id < c.id) AS renewed
    FROM consent c WHERE c.list_key = $1
  UNION ALL
  SELECT given_at, withdrawn_at, end_reason, false FROM former_consent WHERE list_key = $1
),
moves AS (
  SELECT given_at AS at, 1 AS joined, 0 AS gone FROM told WHERE NOT renewed
  UNION ALL
  SELECT withdrawn_at, 0, 1 FROM told WHERE end_reason IS DISTINCT FROM 'superseded' AND withdrawn_at IS NOT NULL
)
SELECT to_char(at AT TIME ZONE $2, 'YYYY-MM') AS month, sum(joined)::int AS joined, sum(gone)::int AS gone
  FROM moves WHERE at >= ($3::timestamp AT TIME ZONE $2)
 GROUP BY 1 ORDER BY 1
