-- Makes one delivery for each language a channel publishes in, each a batch of its own, and returns how many.  $1 dispatch
WITH wanted AS (
  SELECT r.id, r.language, row_number() OVER (ORDER BY r.language) AS no
    FROM dispatch p JOIN rendition r ON r.communication_id = p.communication_id AND r.channel_key = p.channel_key AND r.segment_key = ''
   WHERE p.id = $1
),
batches AS (
  INSERT INTO batch (dispatch_id, batch_no, rendition_id, total, ring_at) SELECT $1, no, id, 1, app_now() FROM wanted
)
INSERT INTO delivery (dispatch_id, batch_no, recipient_key) SELECT $1, no, 'post:' || language FROM wanted
