-- Takes back what dead workers held: claimed goes to queued (nothing had left), intent to in_doubt (nobody knows).
-- Rows somebody is writing just now are passed over. Returns how many of each, per communication and channel.
WITH lapsed AS (
  UPDATE delivery d
     SET state = CASE d.state WHEN 'claimed' THEN 'queued' ELSE 'in_doubt' END, lease_owner = NULL, lease_until = NULL
   WHERE d.id IN (SELECT id FROM delivery
                   WHERE state IN ('claimed', 'intent') AND lease_until < now() FOR UPDATE SKIP LOCKED)
  RETURNING d.communication_id, d.channel_key, d.state, d.dispatch_id, d.batch_no
),
unheard AS (
  -- Their doorbell counts as never rung, so that the sweeper rings it now and not in half a minute.
  UPDATE batch b SET rung_at = NULL FROM (SELECT DISTINCT dispatch_id, batch_no FROM lapsed) l
   WHERE b.dispatch_id = l.dispatch_id AND b.batch_no = l.batch_no
)
SELECT communication_id AS "communicationId", channel_key AS "channelKey", state, count(*) AS count
  FROM lapsed GROUP BY 1, 2, 3
