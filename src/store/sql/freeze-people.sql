-- Freezes the people of one stretch of subscriber ids into deliveries and batches, each person once, in the most specific segment
-- (R23: the CASE tries them in that order). Consent and suppression are asked here and again at the gate. Who subscribed after
-- the freeze began does not join. Language: the person's own where there is a rendition, else the fallback's.
-- Returns how many people, the last batch number, and how many were left out by why, or null.
-- The places in braces: segment takes a CASE over s that gives the place of the first segment that takes this person, or null
-- (src/store/freeze.ts); why and join what leaves somebody of f out, null where nothing does (src/store/held-back.ts).
-- $1 dispatch  $2 after this id  $3 up to this id  $4 list  $5 batch size  $6 last batch number so far  $7 began
-- $8-$10 one row for each rendition: place of its segment, language, id   $11 segment keys by place  $12 fallback language
-- $13 on which bases of consent
WITH fitting AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.id, s.language, s.email_hash, s.paused_until, s.most_per_week, {{segment}} AS place
      FROM subscriber s
     WHERE s.id > $2::uuid AND s.id <= $3::uuid AND s.created_at <= $7::timestamptz) f
   WHERE f.place IS NOT NULL
),
chosen AS MATERIALIZED (
  SELECT f.id, f.language, f.place, {{why}} AS why
    FROM fitting f {{join}}
   WHERE EXISTS (SELECT 1 FROM consent c WHERE c.list_key = $4 AND c.subscriber_id = f.id AND c.withdrawn_at IS NULL AND c.basis = ANY ($13::text[])
                    AND c.subscriber_id > $2::uuid AND c.subscriber_id <= $3::uuid)
     AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = f.email_hash)
),
version AS (
  SELECT * FROM unnest($8::int[], $9::text[], $10::uuid[]) AS v(place, language, id)
),
fitted AS MATERIALIZED (
  SELECT chosen.id, chosen.place, coalesce(own.id, fallback.id) AS rendition_id,
         row_number() OVER (PARTITION BY coalesce(own.id, fallback.id) ORDER BY chosen.id) - 1 AS n
    FROM chosen
    LEFT JOIN version own ON own.place = chosen.place AND own.language = chosen.language
    JOIN version fallback ON fallback.place = chosen.place AND fallback.language = $12
   WHERE chosen.why IS NULL
),
-- A rendition belongs to one segment. Its batches follow those of the renditions before it.
counted AS (SELECT rendition_id, min(place) AS place, count(*)::int AS people FROM fitted GROUP BY 1),
sized AS MATERIALIZED (
  SELECT rendition_id, place, people, (people - 1) / $5::int + 1 AS batches,
         $6::int + 1 + coalesce(sum((people - 1) / $5::int + 1) OVER (ORDER BY rendition_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS first
    FROM counted
),
batches AS (
  INSERT INTO batch (dispatch_id, batch_no, rendition_id, segment_key, total, ring_at)
  SELECT $1, s.first + b.no, s.rendition_id, ($11::text[])[s.place], least($5::int, s.people - b.no * $5::int), app_now()
    FROM sized s CROSS JOIN LATERAL generate_series(0, s.batches - 1) AS b(no)
),
-- In the order of the batches, so that what is sent together lies together.
people AS (
  INSERT INTO delivery (dispatch_id, batch_no, recipient_key, subscriber_id)
  SELECT $1, s.first + f.n / $5::int, f.id::text, f.id FROM fitted f JOIN sized s ON s.rendition_id = f.rendition_id
)
SELECT coalesce(sum(people), 0)::bigint AS people, coalesce(max(first + batches - 1), $6::int) AS "lastBatch",
       (SELECT jsonb_object_agg(w.why, w.n) FROM (SELECT why, count(*) AS n FROM chosen WHERE why IS NOT NULL GROUP BY 1) w) AS "leftOut"
  FROM sized
