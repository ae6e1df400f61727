-- Everything held under one address as one JSON value, or null: for a subject access answer. Reads only.
-- $1 keyed hash of the address  $2 the address in the form that is equal for the same person
WITH person AS (SELECT * FROM subscriber WHERE email_hash = $1),
parts AS (
  SELECT
    (SELECT to_jsonb(p) - 'email_hash' FROM person p) AS profile,
    (SELECT jsonb_agg(jsonb_build_object('list', c.list_key, 'basis', c.basis, 'wording', c.wording,
              'decided_then', (SELECT to_jsonb(h.controllers) FROM list_controllers h WHERE h.list_key = c.list_key AND h.since <= c.given_at
                                ORDER BY h.since DESC LIMIT 1),
              'words', (SELECT w.text FROM wording w WHERE w.list_key = c.list_key AND w.version = c.wording), 'source', c.source,
              'given_at', c.given_at, 'ended_at', c.withdrawn_at, 'end_reason', c.end_reason) ORDER BY c.given_at)
       FROM consent c JOIN person p ON p.id = c.subscriber_id) AS consents,
    (SELECT jsonb_agg(to_jsonb(f) - 'id' - 'email_hash' ORDER BY f.given_at) FROM former_consent f WHERE f.email_hash = $1) AS former_consents,
    (SELECT jsonb_agg(to_jsonb(o) - 'email_hash' ORDER BY o.at) FROM objection o WHERE o.email_hash = $1) AS objections,
    (SELECT to_jsonb(x) - 'email_hash' FROM suppression x WHERE x.email_hash = $1) AS stopped,
    (SELECT jsonb_agg(to_jsonb(u) - 'email_hash' - 'id' ORDER BY u.asked_at) FROM sign_up u WHERE u.email_hash = $1) AS sign_ups,
    (SELECT jsonb_agg(to_jsonb(l) - 'email_hash' - 'id' - 'about' ORDER BY l.asked_at) FROM letter l WHERE l.email_hash = $1) AS letters,
    (SELECT jsonb_agg(jsonb_build_object('reference', c.reference, 'title', c.title, 'channel', h.label, 'released_at', d.released_at,
              'outcome', y.state, 'at', y.settled_at) ORDER BY d.released_at)
       FROM person p CROSS JOIN dispatch d JOIN delivery y ON y.dispatch_id = d.id AND y.recipient_key = p.id::text
       JOIN communication c ON c.id = d.communication_id JOIN channel h ON h.key = d.channel_key) AS messages,
    (SELECT jsonb_agg(jsonb_build_object('kind', b.kind, 'status', b.status, 'at', b.at) ORDER BY b.at)
       FROM bounce b JOIN person p ON p.id = b.subscriber_id) AS bounces,
    (SELECT jsonb_agg(to_jsonb(k) - 'id' ORDER BY k.made_at) FROM complaint k WHERE lower(k.email) = $2) AS complaints
)
SELECT nullif(jsonb_strip_nulls(to_jsonb(parts)), '{}'::jsonb) AS held FROM parts
