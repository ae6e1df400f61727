-- The cells stay in step when two change the same person at the same moment. Whoever changes a consent, a suppression or a person's own
-- answers counts from what the other two say, so all of them take the same lock on the person's row first: FOR NO KEY UPDATE, which an
-- UPDATE of that row takes by itself. Not FOR UPDATE: the KEY SHARE that a foreign key leaves behind would make two wait for each other.
-- A row of this very transaction needs no lock: nobody else can see it. Each statement after the lock reads anew (READ COMMITTED).
-- One statement changes either what people say of themselves or their consents, never both: the triggers of each would count what the
-- other did as if it had been there before. (A person who is new in that statement is no change.)
-- One gap is left to the nightly repair: an address suppressed in the same moment in which somebody new joins with it.
CREATE FUNCTION lock_people(p_people uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM subscriber s WHERE s.id = ANY (p_people) AND s.xmin <> pg_current_xact_id()::xid
    ORDER BY s.id FOR NO KEY UPDATE OF s;
END $$;

CREATE OR REPLACE FUNCTION consent_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_people(ARRAY(SELECT c.subscriber_id FROM added c WHERE c.withdrawn_at IS NULL));
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date, count(*)
    FROM added c JOIN subscriber s ON s.id = c.subscriber_id
   WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION consent_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM was) <> (SELECT count(*) FROM was w JOIN now_is n USING (id))
     OR EXISTS (SELECT 1 FROM was w JOIN now_is n USING (id)
                 WHERE (w.list_key, w.subscriber_id, w.basis, w.wording, w.source, w.given_at)
                       IS DISTINCT FROM (n.list_key, n.subscriber_id, n.basis, n.wording, n.source, n.given_at)
                    OR (w.withdrawn_at IS NOT NULL AND w.withdrawn_at IS DISTINCT FROM n.withdrawn_at)) THEN
    RAISE EXCEPTION 'consent is evidence: it can end, and nothing else of it can change';
  END IF;
  PERFORM lock_people(ARRAY(SELECT w.subscriber_id FROM was w JOIN now_is n USING (id)
                             WHERE w.withdrawn_at IS NULL AND n.withdrawn_at IS NOT NULL));
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT w.list_key, w.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date, -count(*)
    FROM was w JOIN now_is n USING (id) JOIN subscriber s ON s.id = w.subscriber_id
   WHERE w.withdrawn_at IS NULL AND n.withdrawn_at IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
DROP FUNCTION count_consents(bigint[], integer);

CREATE OR REPLACE FUNCTION consent_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_people(ARRAY(SELECT c.subscriber_id FROM gone c WHERE c.withdrawn_at IS NULL));
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date, -count(*)
    FROM gone c JOIN subscriber s ON s.id = c.subscriber_id
   WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION suppression_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_people(ARRAY(SELECT s.id FROM subscriber s JOIN moved m ON m.email_hash = s.email_hash));
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date,
         CASE TG_OP WHEN 'INSERT' THEN -count(*) ELSE count(*) END
    FROM moved m JOIN subscriber s ON s.email_hash = m.email_hash JOIN consent c ON c.subscriber_id = s.id AND c.withdrawn_at IS NULL
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;

-- A suppression's address is its key; another address is another suppression.
CREATE FUNCTION suppression_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a suppression is of one address; take it away and make another';
END $$;
CREATE TRIGGER suppression_kept BEFORE UPDATE OF "email_hash" ON "suppression"
  FOR EACH ROW WHEN (OLD.email_hash IS DISTINCT FROM NEW.email_hash) EXECUTE FUNCTION suppression_kept();

-- Whether anybody has a number of messages a week of their own is asked at each freeze; nearly nobody has.
CREATE INDEX "subscriber_most_per_week" ON "subscriber" ("id") WHERE "most_per_week" IS NOT NULL;
