-- Counts of deliveries by channel, segment and state.  $1 communication ids
SELECT communication_id AS "communicationId", channel_key AS "channelKey", segment_key AS "segmentKey", state, count(*) AS count
  FROM delivery WHERE communication_id = ANY ($1::uuid[])
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
