-- Claims what is queued in one batch and returns it with what its slots need. Locks only rows nobody else holds, so two
-- workers with the same job share nothing; the lease is the database's clock, the attempt is the fence (D3).
-- Only rows whose rendition is ready: a job that rings too early claims nothing.
-- $1 dispatch  $2 batch number  $3 lease owner  $4 lease in seconds
WITH ripe AS (
  SELECT d.id
    FROM delivery d JOIN rendition r ON r.id = d.rendition_id AND r.state = 'ready'
   WHERE d.dispatch_id = $1 AND d.batch_no = $2 AND d.state = 'queued'
   ORDER BY d.id
     FOR UPDATE OF d SKIP LOCKED
),
claimed AS (
  UPDATE delivery d
     SET state = 'claimed', attempt = d.attempt + 1, lease_owner = $3, lease_until = now() + make_interval(secs => $4)
    FROM ripe
   WHERE d.id = ripe.id
  RETURNING d.id, d.attempt, d.rendition_id, d.recipient_key, d.subscriber_id, d.communication_id, d.channel_key
)
SELECT c.id, c.attempt, c.rendition_id AS "renditionId", c.communication_id || '/' || c.channel_key || '/' || c.recipient_key AS "deliveryKey",
       s.id AS "subscriberId", s.email, s.first_name AS "firstName",
       CASE WHEN a.kind = 'neighbourhood' THEN p.name WHEN a.kind = 'ward' THEN a.name END AS ward
  FROM claimed c
  LEFT JOIN subscriber s ON s.id = c.subscriber_id
  LEFT JOIN area a ON a.code = s.area_code
  LEFT JOIN area p ON p.code = a.parent_code
 ORDER BY c.id
