-- Freezes the people of one stretch of subscriber ids into deliveries and batches, each person once, in the most specific segment
-- (R23: the CASE tries them in that order). Consent and suppression are asked here and again at the gate. Who subscribed after
-- the freeze began does not join. Language: the person's own where there is a rendition, else the fallback's.
-- Returns how many people and the last batch number.
-- The place in braces takes a CASE over s that gives the place of the first segment that takes this person, or null (src/store/freeze.ts).
-- $1 dispatch  $2 after this id  $3 up to this id  $4 list  $5 batch size  $6 last batch number so far  $7 began
-- $8-$10 one row for each rendition: place of its segment, language, id   $11 segment keys by place  $12 fallback language
WITH chosen AS MATERIALIZED (
  SELECT s.id, s.language, {{segment}} AS place
    FROM subscriber s
   WHERE s.id > $2::uuid AND s.id <= $3::uuid AND s.created_at <= $7::timestamptz
     AND EXISTS (SELECT 1 FROM consent c WHERE c.list_key = $4 AND c.subscriber_id = s.id AND c.withdrawn_at IS NULL
                    AND c.subscriber_id > $2::uuid AND c.subscriber_id <= $3::uuid)
     AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
),
version AS (
  SELECT * FROM unnest($8::int[], $9::text[], $10::uuid[]) AS v(place, language, id)
),
fitted AS (
  SELECT chosen.id, chosen.place, coalesce(own.id, fallback.id) AS rendition_id,
         row_number() OVER (PARTITION BY coalesce(own.id, fallback.id) ORDER BY chosen.id) - 1 AS n
    FROM chosen
    LEFT JOIN version own ON own.place = chosen.place AND own.language = chosen.language
    JOIN version fallback ON fallback.place = chosen.place AND fallback.language = $12
),
numbered AS MATERIALIZED (
  SELECT id, place, rendition_id, $6::int + (dense_rank() OVER (ORDER BY rendition_id, n / $5::int))::int AS batch_no FROM fitted
),
batches AS (
  INSERT INTO batch (dispatch_id, batch_no, rendition_id, segment_key, total, ring_at)
  SELECT $1, batch_no, rendition_id, ($11::text[])[place], count(*), app_now() FROM numbered GROUP BY 2, 3, 4
),
people AS (
  INSERT INTO delivery (dispatch_id, batch_no, recipient_key, subscriber_id)
  SELECT $1, n.batch_no, n.id::text, n.id FROM numbered n ORDER BY n.id
)
SELECT count(*) AS people, coalesce(max(batch_no), $6::int) AS "lastBatch" FROM numbered
