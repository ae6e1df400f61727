-- Makes one delivery for each language a channel publishes in, all in one batch, and returns how many.
-- $1 communication  $2 channel  $3 dispatch
INSERT INTO delivery (communication_id, channel_key, recipient_key, dispatch_id, batch_no, segment_key, rendition_id)
SELECT $1, $2, 'post:' || r.language, $3, 1, '', r.id
  FROM rendition r
 WHERE r.communication_id = $1 AND r.channel_key = $2 AND r.segment_key = ''
ON CONFLICT (communication_id, channel_key, recipient_key) DO NOTHING
