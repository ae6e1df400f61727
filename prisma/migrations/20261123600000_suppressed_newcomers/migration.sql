-- Closes the gap that cells_in_step left to the nightly repair: an address nobody has is suppressed (or is suppressed no longer) in the
-- moment in which somebody new joins with it. There is no row of theirs to lock, so whoever joins would not see the suppression, and
-- whoever suppresses not the person. The address is therefore held as a newcomer would hold it, by its place in the unique index: a row
-- that this very transaction takes away again. Someone who joins with it waits for our end, we wait for theirs, and nobody else waits.
CREATE OR REPLACE FUNCTION suppression_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH unknown AS (
    SELECT m.email_hash FROM moved m
     WHERE NOT EXISTS (SELECT 1 FROM subscriber s WHERE s.email_hash = m.email_hash) ORDER BY m.email_hash)
  INSERT INTO subscriber (email, email_hash) SELECT '', u.email_hash FROM unknown u ON CONFLICT (email_hash) DO NOTHING;
  IF FOUND THEN
    DELETE FROM subscriber s USING moved m
     WHERE s.email_hash = m.email_hash AND s.email = '' AND s.xmin = pg_current_xact_id()::xid;
  END IF;
  PERFORM lock_people(ARRAY(SELECT s.id FROM subscriber s JOIN moved m ON m.email_hash = s.email_hash));
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date,
         CASE TG_OP WHEN 'INSERT' THEN -count(*) ELSE count(*) END
    FROM moved m JOIN subscriber s ON s.email_hash = m.email_hash JOIN consent c ON c.subscriber_id = s.id AND c.withdrawn_at IS NULL
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
