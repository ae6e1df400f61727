-- The people of one batch at whose address a relay says there is nobody, and who are not suppressed. Whoever has given a consent since is
-- left alone: they had the link in a letter of ours. Reads only. What else waits for these people is ended, and logged, by the gate.
-- $1 dispatch  $2 batch number  $3 the outcome's code
SELECT s.id, s.email_hash AS "emailHash"
  FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
 WHERE d.dispatch_id = $1 AND d.batch_no = $2 AND d.state = 'refused' AND d.outcome_code = $3
   AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   AND NOT EXISTS (SELECT 1 FROM consent k WHERE k.subscriber_id = s.id AND k.given_at > d.settled_at)
