-- The commit gate: moves claimed deliveries to intent and returns the ids that may now leave. What is not returned must not.
-- In one statement it asks everything again: our claim still holds, the communication is released and still useful, the
-- person is not suppressed and still consents. Holds join here when they exist.
-- $1 delivery ids  $2 their attempts  $3 lease owner
UPDATE delivery d
   SET state = 'intent'
  FROM unnest($1::bigint[], $2::int[]) AS gate(id, attempt), communication c, channel ch
 WHERE d.id = gate.id AND d.attempt = gate.attempt AND d.lease_owner = $3 AND d.state = 'claimed'
   AND c.id = d.communication_id AND c.state = 'released' AND now() <= c.latest_useful_at
   AND ch.key = d.channel_key
   AND (d.subscriber_id IS NULL OR EXISTS (
         SELECT 1 FROM subscriber s
          WHERE s.id = d.subscriber_id
            AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
            AND EXISTS (SELECT 1 FROM consent k
                         WHERE k.list_key = ch.list_key AND k.subscriber_id = s.id AND k.withdrawn_at IS NULL)))
RETURNING d.id
