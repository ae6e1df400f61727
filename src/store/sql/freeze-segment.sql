-- Freezes one segment's people for one channel into delivery rows, in batches, and returns how many.
-- Skips people who already have a row for this communication and channel: segments are frozen most specific first, so each
-- person gets one copy, the most specific (R23). The unique key holds that even against another release at the same time.
-- Consent and suppression are asked here and again at the gate. Language: the person's own where there is a rendition, else $11.
-- $1 communication  $2 channel  $3 dispatch  $4 segment  $5 list  $6 areas  $7 groups  $8 interests  $9 languages
-- $10 first free batch number  $11 fallback language  $12 batch size
WITH RECURSIVE place(code) AS (
  SELECT code FROM area WHERE code = ANY ($6::text[])
  UNION
  SELECT a.code FROM area a JOIN place p ON a.parent_code = p.code
),
chosen AS (
  SELECT s.id, s.language
    FROM subscriber s
   WHERE ($6::text[] IS NULL OR s.area_code IN (SELECT code FROM place))
     AND ($7::text[] IS NULL OR s.groups && $7::text[])
     AND ($8::text[] IS NULL OR s.interests && $8::text[])
     AND ($9::text[] IS NULL OR s.language = ANY ($9::text[]))
     AND EXISTS (SELECT 1 FROM consent c WHERE c.list_key = $5 AND c.subscriber_id = s.id AND c.withdrawn_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
     AND NOT EXISTS (SELECT 1 FROM delivery d
                      WHERE d.communication_id = $1 AND d.channel_key = $2 AND d.recipient_key = s.id::text)
)
INSERT INTO delivery (communication_id, channel_key, recipient_key, dispatch_id, batch_no, segment_key, rendition_id, subscriber_id)
SELECT $1, $2, chosen.id::text, $3,
       $10::int + ((row_number() OVER (ORDER BY coalesce(own.id, fallback.id), chosen.id) - 1) / $12::int)::int,
       $4, coalesce(own.id, fallback.id), chosen.id
  FROM chosen
  LEFT JOIN rendition own
         ON own.communication_id = $1 AND own.channel_key = $2 AND own.segment_key = $4 AND own.language = chosen.language
  JOIN rendition fallback
         ON fallback.communication_id = $1 AND fallback.channel_key = $2 AND fallback.segment_key = $4 AND fallback.language = $11
ON CONFLICT (communication_id, channel_key, recipient_key) DO NOTHING
