-- The deliveries a report may be about, with what is needed to check that it is and to tell its owner. Reads only.
-- $1 delivery ids, or null  $2 reference of the communication  $3 subscriber ids  $4 keyed hashes of addresses
SELECT d.id, p.communication_id || '/' || p.channel_key || '/' || d.recipient_key AS "deliveryKey",
       d.subscriber_id AS "subscriberId", s.email, p.id AS "dispatchId", p.channel_key AS "channelKey",
       c.id AS "communicationId", c.reference, k.key AS "campaignKey", k.lead_agency_key AS "leadAgencyKey"
  FROM delivery d
  JOIN dispatch p ON p.id = d.dispatch_id
  JOIN communication c ON c.id = p.communication_id
  JOIN campaign k ON k.id = c.campaign_id
  LEFT JOIN subscriber s ON s.id = d.subscriber_id
 WHERE CASE WHEN $1::bigint[] IS NOT NULL THEN d.id = ANY ($1)
       ELSE c.reference = $2 AND d.recipient_key IN (
              SELECT x.id::text FROM subscriber x WHERE x.id = ANY ($3::uuid[]) OR x.email_hash = ANY ($4::text[])) END
