-- Claims the next ripe batch of one channel and lane: the lease is the worker's, the fence is counted up (D3). Locks one batch
-- nobody else holds, so workers never wait for each other. Only batches whose rendition is ready.
-- $1 worker  $2 channel  $3 lane  $4 message classes that rest in these quiet hours, unless somebody gave a reason not to
WITH next AS (
  SELECT b.dispatch_id, b.batch_no
    FROM sendable_dispatch p
    JOIN batch b ON b.dispatch_id = p.id AND b.ring_at <= app_now()
    JOIN rendition r ON r.id = b.rendition_id AND r.state = 'ready'
    JOIN communication c ON c.id = p.communication_id
    JOIN campaign k ON k.id = c.campaign_id
   WHERE p.channel_key = $2 AND p.lane = $3 AND NOT (k.class = ANY ($4::text[]) AND NOT c.quiet_override)
   ORDER BY p.released_at, p.id, b.batch_no
   LIMIT 1
     FOR UPDATE OF b SKIP LOCKED
),
claimed AS (
  UPDATE batch b SET lease_owner = $1, ring_at = NULL, fence = b.fence + 1
    FROM next n
   WHERE b.dispatch_id = n.dispatch_id AND b.batch_no = n.batch_no
  RETURNING b.dispatch_id, b.batch_no, b.fence, b.rendition_id, b.total
)
SELECT b.dispatch_id AS "dispatchId", b.batch_no AS "batchNo", b.fence, b.rendition_id AS "renditionId",
       p.channel_key AS "channelKey", p.communication_id AS "communicationId", c.reference,
       k.key AS "campaignKey", k.lead_agency_key AS "leadAgencyKey", k.sensitivity = 'sensitive' AS sensitive,
       app_now() > c.latest_useful_at AS late,
       ch.list_key AS "listKey", ch.account, ch.most_per_minute AS "mostPerMinute"
  FROM claimed b
  JOIN dispatch p ON p.id = b.dispatch_id
  JOIN channel ch ON ch.key = p.channel_key
  JOIN communication c ON c.id = p.communication_id
  JOIN campaign k ON k.id = c.campaign_id
