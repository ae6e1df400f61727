-- The gate's commit, planned once for each connection by index (planning anew for each commit took longer than the commit), and its
-- log's line written plainly. What they do is unchanged; the engine's migration says what that is.
CREATE OR REPLACE FUNCTION commit_gate(
  p_owner uuid, p_dispatches uuid[], p_ids bigint[], p_fences int[],
  r_ids bigint[], r_fences int[], r_states text[], r_codes text[], r_proofs text[], r_waits int[], r_passed boolean[], p_most int
) RETURNS SETOF bigint LANGUAGE plpgsql
  -- Planned once for each connection, by index: planning anew for each commit took longer than the commit.
  SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off
AS $$
DECLARE
  v_open uuid[];
  v_lines text[];
  v_line text;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7201, 3);
  IF cardinality(p_ids) > 0 THEN
    v_open := ARRAY(SELECT p.id FROM dispatch p JOIN communication c ON c.id = p.communication_id
                     WHERE p.id = ANY (p_dispatches) AND p.state = 'released' AND c.state = 'released'
                       AND app_now() <= c.latest_useful_at AND why_stopped(c.id, p.channel_key) IS NULL);
    RETURN QUERY
      UPDATE delivery d
         SET state = 'intent', attempt = g.fence, outcome_code = NULL, not_before = NULL
        FROM unnest(p_ids, p_fences) AS g(id, fence), batch b, dispatch p, channel ch
       WHERE d.id = g.id AND d.state IN ('queued', 'deferred') AND d.dispatch_id = ANY (v_open)
         AND b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no AND b.lease_owner = p_owner AND b.fence = g.fence
         AND p.id = d.dispatch_id AND ch.key = p.channel_key
         AND (d.subscriber_id IS NULL OR EXISTS (
               SELECT 1 FROM subscriber s
                WHERE s.id = d.subscriber_id
                  AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
                  AND EXISTS (SELECT 1 FROM consent k
                               WHERE k.list_key = ch.list_key AND k.subscriber_id = s.id AND k.withdrawn_at IS NULL)))
      RETURNING d.id;
  END IF;
  IF cardinality(r_ids) > 0 THEN
    WITH told AS (
      UPDATE delivery d
         SET state = CASE WHEN r.state = 'deferred' AND d.tries + 1 >= p_most THEN 'dead' ELSE r.state END,
             outcome_code = r.code, proof = coalesce(r.proof, d.proof),
             tries = d.tries + CASE WHEN r.state = 'deferred' THEN 1 ELSE 0 END,
             settled_at = CASE WHEN r.state IN ('accepted', 'refused') OR (r.state = 'deferred' AND d.tries + 1 >= p_most) THEN now() END,
             not_before = CASE WHEN r.state = 'deferred' THEN app_now() + make_interval(mins => r.wait) END
        FROM unnest(r_ids, r_fences, r_states, r_codes, r_proofs, r_waits, r_passed) AS r(id, fence, state, code, proof, wait, passed)
       WHERE d.id = r.id
         AND CASE WHEN r.passed
               -- Late evidence of acceptance also ends a doubt that a lapsed lease raised.
               THEN d.attempt = r.fence AND (d.state = 'intent' OR (d.state = 'in_doubt' AND r.state = 'accepted'))
               ELSE d.state IN ('queued', 'deferred') AND EXISTS (
                      SELECT 1 FROM batch b WHERE b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no
                                              AND b.lease_owner = p_owner AND b.fence = r.fence)
             END
      RETURNING d.id, d.dispatch_id, d.state
    ),
    known AS (DELETE FROM doubt x USING told t WHERE x.delivery_id = t.id AND t.state = 'accepted'),
    unknown AS (INSERT INTO doubt (delivery_id) SELECT t.id FROM told t WHERE t.state = 'in_doubt' ON CONFLICT DO NOTHING),
    counted AS (SELECT t.dispatch_id, t.state, count(*) AS n FROM told t WHERE t.state <> 'queued' GROUP BY 1, 2)
    SELECT array_agg(recorded_line(counts.dispatch_id, counts.said)) INTO v_lines
      FROM (SELECT dispatch_id, jsonb_object_agg(state, n) AS said FROM counted GROUP BY 1 ORDER BY 1) counts;
    FOREACH v_line IN ARRAY coalesce(v_lines, '{}') LOOP
      PERFORM append_log(v_line);
    END LOOP;
  END IF;
END $$;

-- The bytes src/domain/log-entry.ts `canonical` writes, keys sorted and no spaces (test/integration/recorded-line.test.ts compares them).
CREATE OR REPLACE FUNCTION recorded_line(p_dispatch uuid, p_counts jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_line text;
BEGIN
  SELECT '{"actor":"bellman","agency":' || to_json(k.lead_agency_key) || ',"campaign":' || to_json(k.key) || ',"facts":{'
         || (SELECT string_agg(to_json(f.key) || ':' || f.value, ',' ORDER BY f.key COLLATE "C")
               FROM jsonb_each(p_counts || jsonb_build_object('channel', p.channel_key, 'dispatch', p.id)) f)
         || '},"kind":"deliveries.recorded","reference":' || to_json(c.reference) || '}'
    INTO v_line
    FROM dispatch p JOIN communication c ON c.id = p.communication_id JOIN campaign k ON k.id = c.campaign_id
   WHERE p.id = p_dispatch;
  RETURN v_line;
END $$;

DROP FUNCTION IF EXISTS canonical_json(jsonb);
