-- Ends deliveries the gate did not let through for a reason of their own: too late, or the person has stopped. What a hold, a
-- pause or a lost claim kept back is left as it is. Returns the new states.
-- $1 delivery ids  $2 fence  $3 worker
UPDATE delivery d
   SET state = CASE WHEN app_now() > c.latest_useful_at THEN 'expired' ELSE 'suppressed' END, settled_at = now()
  FROM dispatch p, communication c, channel ch, batch b
 WHERE d.id = ANY ($1::bigint[]) AND d.state IN ('queued', 'deferred')
   AND p.id = d.dispatch_id AND c.id = p.communication_id AND ch.key = p.channel_key
   AND b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no AND b.lease_owner = $3 AND b.fence = $2
   AND (app_now() > c.latest_useful_at
     OR (d.subscriber_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM subscriber s
           WHERE s.id = d.subscriber_id
             AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
             AND EXISTS (SELECT 1 FROM consent k
                          WHERE k.list_key = ch.list_key AND k.subscriber_id = s.id AND k.withdrawn_at IS NULL))))
RETURNING d.state
