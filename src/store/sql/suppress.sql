-- Suppresses addresses, each once, and ends what waits for them in the same transaction, so that no later gate finds it (I5). The people's
-- rows are locked by the caller. Returns whom it suppressed now; who was suppressed before keeps their first reason.
-- $1 subscriber ids  $2 a reason for each
WITH asked AS (
  SELECT s.id, s.email_hash, a.reason FROM unnest($1::uuid[], $2::text[]) AS a(id, reason) JOIN subscriber s ON s.id = a.id
), kept AS (
  INSERT INTO suppression (email_hash, reason) SELECT email_hash, reason FROM asked ON CONFLICT DO NOTHING RETURNING email_hash
), ended AS (
  UPDATE delivery SET state = 'suppressed', settled_at = now()
   WHERE id IN (SELECT d.id FROM delivery d JOIN dispatch p ON p.id = d.dispatch_id
                 WHERE p.state IN ('freezing', 'frozen', 'released') AND d.recipient_key IN (SELECT id::text FROM asked)
                 ORDER BY d.id FOR UPDATE OF d)
     AND state IN ('queued', 'deferred', 'held')
)
SELECT a.id, a.reason FROM asked a JOIN kept k ON k.email_hash = a.email_hash
