-- Brings back what was put off and whose time has come; what was put off too often, or is no longer useful, ends.
-- Returns how many of each, per communication and channel.  $1 most attempts
WITH ripe AS (
  UPDATE delivery d
     SET state = CASE WHEN now() > c.latest_useful_at THEN 'expired' WHEN d.attempt >= $1 THEN 'dead' ELSE 'queued' END,
         not_before = NULL,
         settled_at = CASE WHEN now() > c.latest_useful_at OR d.attempt >= $1 THEN now() END
    FROM communication c
   WHERE d.state = 'deferred' AND d.not_before <= now() AND c.id = d.communication_id
  RETURNING d.communication_id, d.channel_key, d.state
)
SELECT communication_id AS "communicationId", channel_key AS "channelKey", state, count(*) AS count
  FROM ripe GROUP BY 1, 2, 3
