-- Takes back what dead workers held: their batches ring again, what had passed the gate is in doubt (nobody knows). A worker is
-- dead when its lease has ended by this clock, except just after a start of the database, when nobody could renew.
-- Returns the batches with how often workers died with them and how many deliveries are in doubt.  $1 lease in seconds
WITH lapsed AS (
  UPDATE batch b SET lease_owner = NULL, ring_at = app_now(), deaths = b.deaths + 1
   WHERE b.lease_owner IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = b.lease_owner AND w.lease_until >= app_now())
     AND pg_postmaster_start_time() < now() - make_interval(secs => $1)
  RETURNING b.dispatch_id, b.batch_no, b.deaths
),
doubted AS (
  UPDATE delivery d SET state = 'in_doubt' FROM lapsed l
   WHERE d.dispatch_id = l.dispatch_id AND d.batch_no = l.batch_no AND d.state = 'intent'
  RETURNING d.id, d.dispatch_id, d.batch_no
),
listed AS (INSERT INTO doubt (delivery_id) SELECT id FROM doubted ON CONFLICT DO NOTHING)
SELECT l.dispatch_id AS "dispatchId", l.batch_no AS "batchNo", l.deaths, c.reference, k.key AS "campaignKey",
       k.lead_agency_key AS "leadAgencyKey", p.channel_key AS "channelKey", count(d.id) AS doubts
  FROM lapsed l
  JOIN dispatch p ON p.id = l.dispatch_id
  JOIN communication c ON c.id = p.communication_id
  JOIN campaign k ON k.id = c.campaign_id
  LEFT JOIN doubted d ON d.dispatch_id = l.dispatch_id AND d.batch_no = l.batch_no
 GROUP BY 1, 2, 3, 4, 5, 6, 7
