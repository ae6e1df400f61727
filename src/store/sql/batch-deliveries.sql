-- What is left to send of a claimed batch, with what its slots need. Reads only; the fence is asked again at the gate.
-- $1 dispatch  $2 batch number  $3 fence
SELECT d.id, $3::int AS fence, d.tries, d.dispatch_id AS "dispatchId",
       p.communication_id || '/' || p.channel_key || '/' || d.recipient_key AS "deliveryKey",
       s.id AS "subscriberId", s.email, s.first_name AS "firstName", s.format = 'plain' AS plain,
       CASE WHEN a.kind = 'neighbourhood' THEN up.name WHEN a.kind = 'ward' THEN a.name END AS ward
  FROM delivery d
  JOIN dispatch p ON p.id = d.dispatch_id
  LEFT JOIN subscriber s ON s.id = d.subscriber_id
  LEFT JOIN area a ON a.code = s.area_code
  LEFT JOIN area up ON up.code = a.parent_code
 WHERE d.dispatch_id = $1 AND d.batch_no = $2
   AND (d.state = 'queued' OR (d.state = 'deferred' AND d.not_before <= app_now()))
 ORDER BY d.id
