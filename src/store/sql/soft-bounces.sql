-- Counts anew on how many days something came back from each of these people for now, with nothing arriving since, and writes that
-- into their rows, which the caller has locked. Returns who has now had enough. What arrived: a report says so, or it was taken, is old
-- enough and nothing came back (SOFT_BOUNCES in config/limits.ts).
-- $1 subscriber ids  $2 days of the period  $3 days until silence means that it arrived  $4 how many days are enough
WITH arrived AS (
  SELECT s.id, greatest(
           now() - $2 * interval '1 day',
           (SELECT max(b.at) FROM bounce b WHERE b.subscriber_id = s.id AND b.kind = 'delivered'),
           (SELECT max(d.settled_at) FROM dispatch p JOIN delivery d ON d.dispatch_id = p.id AND d.recipient_key = s.id::text
             WHERE p.released_at > now() - $2 * interval '1 day' AND d.state = 'accepted' AND d.settled_at < now() - $3 * interval '1 day'
               AND NOT EXISTS (SELECT 1 FROM bounce b WHERE b.delivery_id = d.id AND b.kind IN ('soft', 'policy', 'hard')))) AS since
    FROM subscriber s WHERE s.id = ANY ($1::uuid[])
), counted AS (
  SELECT a.id, (SELECT count(DISTINCT (b.at AT TIME ZONE 'UTC')::date) FROM bounce b
                 WHERE b.subscriber_id = a.id AND b.kind = 'soft' AND b.at > a.since)::smallint AS days
    FROM arrived a
), written AS (
  UPDATE subscriber s SET soft_bounces = c.days FROM counted c WHERE s.id = c.id AND s.soft_bounces <> c.days
)
SELECT id FROM counted WHERE days >= $4
