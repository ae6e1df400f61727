-- Audiences: lists with their controllers, evidence of consent, imports, sign-ups, segments with versions, bounces, complaints,
-- counted links. Who may be written to is still asked at the gate alone, of the same two tables: consent and suppression.

-- ---- lists -----------------------------------------------------------------------------------------------------
ALTER TABLE "list"
  ADD COLUMN "controllers" TEXT[] NOT NULL DEFAULT '{}',
  ADD COLUMN "basis" TEXT NOT NULL DEFAULT 'consent',
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'residents',
  ADD COLUMN "sensitive" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "open" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "wording_version" TEXT NOT NULL DEFAULT '1',
  ADD COLUMN "agreement" TEXT,
  ADD COLUMN "agreement_until" DATE,
  ADD CONSTRAINT "list_basis" CHECK ("basis" IN ('consent', 'public-task', 'soft-opt-in', 'charity-soft-opt-in')),
  ADD CONSTRAINT "list_kind" CHECK ("kind" IN ('residents', 'youth', 'emergency', 'internal'));

-- Which words a person agreed to. Append-only: new words are a new version.
CREATE TABLE "wording" (
  "list_key" TEXT NOT NULL REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE,
  "version" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "since" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "wording_pkey" PRIMARY KEY ("list_key", "version")
);

CREATE TABLE "audience_group" (
  "key" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "active" BOOLEAN NOT NULL DEFAULT true,
  CONSTRAINT "audience_group_pkey" PRIMARY KEY ("key")
);
-- A sensitive interest is never written into a subscriber's row by its name, only sealed (src/audience/sealed-topic.ts, LAW6).
CREATE TABLE "interest" (
  "key" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "sensitive" BOOLEAN NOT NULL DEFAULT false,
  "active" BOOLEAN NOT NULL DEFAULT true,
  CONSTRAINT "interest_pkey" PRIMARY KEY ("key")
);

-- Where a postcode lies; only the area is ever kept of a person.
CREATE TABLE "postcode" (
  "postcode" TEXT NOT NULL,
  "area_code" TEXT NOT NULL REFERENCES "area"("code") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "postcode_pkey" PRIMARY KEY ("postcode")
);

-- How many messages a person may get in how many days from all agencies together; null: no cap. Emergencies never count.
ALTER TABLE "partnership"
  ADD COLUMN "cap_most" INTEGER,
  ADD COLUMN "cap_days" INTEGER,
  ADD CONSTRAINT "partnership_cap" CHECK (("cap_most" IS NULL) = ("cap_days" IS NULL) AND "cap_most" > 0 AND "cap_days" > 0);

-- ---- subscribers ---------------------------------------------------------------------------------------------------
ALTER TABLE "subscriber"
  ADD COLUMN "format" TEXT NOT NULL DEFAULT 'html',
  ADD COLUMN "age_band" TEXT NOT NULL DEFAULT 'adult',
  ADD COLUMN "paused_until" TIMESTAMPTZ,
  ADD COLUMN "most_per_week" SMALLINT,
  ADD COLUMN "soft_bounces" SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN "confirmed_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD CONSTRAINT "subscriber_format" CHECK ("format" IN ('html', 'plain')),
  ADD CONSTRAINT "subscriber_age_band" CHECK ("age_band" IN ('adult', '13-17', 'under-13'));
UPDATE "subscriber" SET "confirmed_at" = "created_at";

-- One person is one key, the keyed hash of the address; how the address was typed is kept for sending only. Counts come from
-- audience_cell and a freeze goes through the list in the order of ids, so nothing ever used these four.
DROP INDEX "subscriber_email_key";
DROP INDEX IF EXISTS "subscriber_area", "subscriber_groups", "subscriber_interests";

-- ---- consent -----------------------------------------------------------------------------------------------------------
ALTER TABLE "consent"
  ADD COLUMN "end_reason" TEXT,
  ADD CONSTRAINT "consent_basis" CHECK ("basis" IN ('consent', 'public-task', 'soft-opt-in', 'charity-soft-opt-in')) NOT VALID,
  ADD CONSTRAINT "consent_end" CHECK ("end_reason" IN ('withdrawn', 'superseded', 'lapsed', 'objected'));
UPDATE "consent" SET "end_reason" = 'withdrawn' WHERE "withdrawn_at" IS NOT NULL;
UPDATE "consent" c SET "withdrawn_at" = now(), "end_reason" = 'superseded'
 WHERE c."withdrawn_at" IS NULL
   AND EXISTS (SELECT 1 FROM "consent" l WHERE l."list_key" = c."list_key" AND l."subscriber_id" = c."subscriber_id"
                  AND l."withdrawn_at" IS NULL AND l."id" > c."id");
-- One standing consent for a person and a list; what came before it stays as evidence.
DROP INDEX "consent_list_key_subscriber_id_given_at_key";
CREATE UNIQUE INDEX "consent_standing" ON "consent" ("list_key", "subscriber_id") INCLUDE ("basis") WHERE "withdrawn_at" IS NULL;

-- What an erased person agreed to and took back, without the person: kept as long as a claim could be made (LAW10).
CREATE TABLE "former_consent" (
  "id" BIGSERIAL NOT NULL,
  "email_hash" TEXT NOT NULL,
  "list_key" TEXT NOT NULL,
  "basis" TEXT NOT NULL,
  "wording" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "given_at" TIMESTAMPTZ NOT NULL,
  "withdrawn_at" TIMESTAMPTZ NOT NULL,
  "end_reason" TEXT NOT NULL,
  "erased_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "former_consent_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "former_consent_hash" ON "former_consent" ("email_hash");

-- An address said stop to one list: no import puts it back (LAW4, LAW5). Stops to everything are in suppression.
CREATE TABLE "objection" (
  "email_hash" TEXT NOT NULL,
  "list_key" TEXT NOT NULL REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE,
  "reason" TEXT NOT NULL,
  "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "objection_pkey" PRIMARY KEY ("email_hash", "list_key")
);

-- Somebody asked to join; nothing is a consent until the link in the confirming message was used.
CREATE TABLE "sign_up" (
  "id" UUID NOT NULL DEFAULT time_ordered_id(),
  "email" TEXT NOT NULL,
  "email_hash" TEXT NOT NULL,
  "lists" TEXT[] NOT NULL,
  "answers" JSONB NOT NULL,
  "source" TEXT NOT NULL,
  "asked_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ NOT NULL,
  "confirmed_at" TIMESTAMPTZ,
  CONSTRAINT "sign_up_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sign_up_hash" ON "sign_up" ("email_hash");

-- ---- import ----------------------------------------------------------------------------------------------------------------
CREATE TABLE "import" (
  "id" UUID NOT NULL DEFAULT time_ordered_id(),
  "list_key" TEXT NOT NULL REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE,
  "file_hash" TEXT,
  "file_name" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'reading',
  "made_by" TEXT NOT NULL,
  "settings" JSONB NOT NULL DEFAULT '{}',
  "counts" JSONB NOT NULL DEFAULT '{}',
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ,
  CONSTRAINT "import_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "import_state" CHECK ("state" IN ('reading', 'done', 'failed'))
);
-- The same file into the same list is done once (H12).
CREATE UNIQUE INDEX "import_once" ON "import" ("list_key", "file_hash") WHERE "state" = 'done';

-- Rows on their way in. Unlogged: they are worth nothing after a crash, and nobody sees them before the one transaction that takes them.
CREATE UNLOGGED TABLE "import_row" (
  "import_id" UUID NOT NULL,
  "row_no" INTEGER NOT NULL,
  "email" TEXT NOT NULL,
  "email_hash" TEXT NOT NULL,
  "first_name" TEXT,
  "language" TEXT NOT NULL,
  "area_code" TEXT,
  "groups" TEXT[] NOT NULL,
  "interests" TEXT[] NOT NULL,
  "age_band" TEXT NOT NULL DEFAULT 'adult',
  "basis" TEXT,
  "wording" TEXT,
  "source" TEXT,
  "given_at" TIMESTAMPTZ
);
-- No address here: a row is named by its number and column.
CREATE TABLE "import_refusal" (
  "import_id" UUID NOT NULL REFERENCES "import"("id") ON DELETE CASCADE,
  "row_no" INTEGER NOT NULL,
  "field" TEXT NOT NULL,
  "why" TEXT NOT NULL,
  CONSTRAINT "import_refusal_pkey" PRIMARY KEY ("import_id", "row_no", "field")
);

-- ---- segments ----------------------------------------------------------------------------------------------------------------
ALTER TABLE "segment" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1, ADD COLUMN "origin" TEXT NOT NULL DEFAULT 'file',
  ADD CONSTRAINT "segment_origin" CHECK ("origin" IN ('file', 'page'));
CREATE TABLE "segment_version" (
  "segment_key" TEXT NOT NULL REFERENCES "segment"("key") ON DELETE RESTRICT ON UPDATE CASCADE,
  "version" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "rule" JSONB NOT NULL,
  "made_by" TEXT NOT NULL,
  "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "segment_version_pkey" PRIMARY KEY ("segment_key", "version")
);
-- Whom a freeze left out, and why: { "capped": 12, "paused": 3 }. So that the count shown and the count sent to can be compared.
ALTER TABLE "dispatch" ADD COLUMN "left_out" JSONB NOT NULL DEFAULT '{}';

-- Six questions and who answered them, where a class was found with the helper (LAW1).
ALTER TABLE "campaign" ADD COLUMN "class_answers" JSONB;

-- ---- what comes back -----------------------------------------------------------------------------------------------------------
CREATE TABLE "bounce" (
  "id" BIGSERIAL NOT NULL,
  "report_id" TEXT NOT NULL,
  "delivery_id" BIGINT,
  "subscriber_id" UUID,
  "kind" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "bounce_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "bounce_kind" CHECK ("kind" IN ('hard', 'soft', 'policy', 'complaint', 'delayed', 'delivered'))
);
-- A report read twice counts once.
CREATE UNIQUE INDEX "bounce_report" ON "bounce" ("report_id");
CREATE INDEX "bounce_subscriber" ON "bounce" ("subscriber_id");
CREATE INDEX "bounce_delivery" ON "bounce" ("delivery_id");

-- Whether mail sent in a domain's name would be believed; looked up, and asked before a bulk release.
CREATE TABLE "sender_domain" (
  "domain" TEXT NOT NULL,
  "fit" BOOLEAN NOT NULL,
  "findings" JSONB NOT NULL,
  "checked_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "sender_domain_pkey" PRIMARY KEY ("domain")
);

-- The register of complaints about data protection, with its 30 days (LAW12).
CREATE TABLE "complaint" (
  "id" UUID NOT NULL DEFAULT time_ordered_id(),
  "reference" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "about" TEXT NOT NULL,
  "words" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'open',
  "made_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "acknowledge_by" TIMESTAMPTZ NOT NULL,
  "acknowledged_at" TIMESTAMPTZ,
  "acknowledged_by" TEXT,
  "outcome" TEXT,
  "answered_at" TIMESTAMPTZ,
  "answered_by" TEXT,
  CONSTRAINT "complaint_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "complaint_state" CHECK ("state" IN ('open', 'acknowledged', 'answered'))
);
CREATE UNIQUE INDEX "complaint_reference" ON "complaint" ("reference");

-- Our own short links: how often each was opened on a day, by nobody in particular (LAW20).
CREATE TABLE "link" (
  "code" TEXT NOT NULL,
  "communication_id" UUID NOT NULL REFERENCES "communication"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "channel_key" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  CONSTRAINT "link_pkey" PRIMARY KEY ("code")
);
CREATE INDEX "link_communication" ON "link" ("communication_id");
CREATE TABLE "link_count" (
  "code" TEXT NOT NULL REFERENCES "link"("code") ON DELETE CASCADE,
  "day" DATE NOT NULL,
  "times" INTEGER NOT NULL,
  CONSTRAINT "link_count_pkey" PRIMARY KEY ("code", "day")
);

-- Addresses of a sensitive list leave only when a second person agrees (LAW6, SEC11).
CREATE TABLE "export_request" (
  "id" UUID NOT NULL DEFAULT time_ordered_id(),
  "list_key" TEXT NOT NULL REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE,
  "why" TEXT NOT NULL,
  "asked_by" TEXT NOT NULL,
  "asked_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "agreed_by" TEXT,
  "agreed_at" TIMESTAMPTZ,
  "used_at" TIMESTAMPTZ,
  CONSTRAINT "export_request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "export_request_two" CHECK ("agreed_by" IS NULL OR lower("agreed_by") <> lower("asked_by"))
);

-- ---- how many there are of whom --------------------------------------------------------------------------------------------------
-- Everybody who may be written to, counted by what segments ask for. Rows are added, also with negative numbers, by the triggers below,
-- in the transaction that changed somebody; the sum is exact at any time, and merge_audience_cells() keeps the table small. A count
-- reads some thousands of rows instead of a million people.
CREATE TABLE "audience_cell" (
  "list_key" TEXT NOT NULL,
  "basis" TEXT NOT NULL,
  "area_code" TEXT,
  "groups" TEXT[] NOT NULL,
  "interests" TEXT[] NOT NULL,
  "language" TEXT NOT NULL,
  "confirmed" DATE NOT NULL,
  "people" INTEGER NOT NULL
);
CREATE INDEX "audience_cell_list" ON "audience_cell" ("list_key");

-- Adds p_sign times the people of these consents who are not suppressed. The quarter is fine enough for "heard from lately".
CREATE FUNCTION count_consents(p_consents bigint[], p_sign integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date,
         p_sign * count(*)
    FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
   WHERE c.id = ANY (p_consents)
     AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7
$$;

CREATE FUNCTION consent_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date, count(*)
    FROM added c JOIN subscriber s ON s.id = c.subscriber_id
   WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
CREATE TRIGGER z_consent_added AFTER INSERT ON "consent" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION consent_added();

-- Evidence: a consent may end, once; nothing else of it ever changes.
CREATE FUNCTION consent_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM was w JOIN now_is n USING (id)
              WHERE (w.list_key, w.subscriber_id, w.basis, w.wording, w.source, w.given_at)
                    IS DISTINCT FROM (n.list_key, n.subscriber_id, n.basis, n.wording, n.source, n.given_at)
                 OR (w.withdrawn_at IS NOT NULL AND w.withdrawn_at IS DISTINCT FROM n.withdrawn_at)) THEN
    RAISE EXCEPTION 'consent is evidence: it can end, and nothing else of it can change';
  END IF;
  PERFORM count_consents(ARRAY(SELECT w.id FROM was w JOIN now_is n USING (id)
                                WHERE w.withdrawn_at IS NULL AND n.withdrawn_at IS NOT NULL), -1);
  RETURN NULL;
END $$;
CREATE TRIGGER z_consent_ended AFTER UPDATE ON "consent" REFERENCING OLD TABLE AS was NEW TABLE AS now_is
  FOR EACH STATEMENT EXECUTE FUNCTION consent_ended();

CREATE FUNCTION consent_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date, -count(*)
    FROM gone c JOIN subscriber s ON s.id = c.subscriber_id
   WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
CREATE TRIGGER z_consent_gone AFTER DELETE ON "consent" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION consent_gone();

-- Before, so that their consents are counted away while what they said of themselves can still be read.
CREATE FUNCTION subscriber_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM consent WHERE subscriber_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER subscriber_goes BEFORE DELETE ON "subscriber" FOR EACH ROW EXECUTE FUNCTION subscriber_goes();

CREATE FUNCTION subscriber_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, s.confirmed, sum(s.n)
    FROM (SELECT id, email_hash, area_code, groups, interests, language, date_trunc('quarter', confirmed_at AT TIME ZONE 'UTC')::date AS confirmed, -1 AS n FROM was
          UNION ALL
          SELECT id, email_hash, area_code, groups, interests, language, date_trunc('quarter', confirmed_at AT TIME ZONE 'UTC')::date, 1 FROM now_is) s
    JOIN consent c ON c.subscriber_id = s.id AND c.withdrawn_at IS NULL
   WHERE NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(s.n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER z_subscriber_changed AFTER UPDATE ON "subscriber" REFERENCING OLD TABLE AS was NEW TABLE AS now_is
  FOR EACH STATEMENT EXECUTE FUNCTION subscriber_changed();

-- The row of the person is locked first: a consent given at the same moment takes a lock that conflicts, and one of the two sees the other.
CREATE FUNCTION suppression_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM subscriber s JOIN moved m ON m.email_hash = s.email_hash ORDER BY s.id FOR UPDATE OF s;
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date,
         CASE TG_OP WHEN 'INSERT' THEN -count(*) ELSE count(*) END
    FROM moved m JOIN subscriber s ON s.email_hash = m.email_hash JOIN consent c ON c.subscriber_id = s.id AND c.withdrawn_at IS NULL
   GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
CREATE TRIGGER z_suppression_added AFTER INSERT ON "suppression" REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION suppression_changed();
CREATE TRIGGER z_suppression_gone AFTER DELETE ON "suppression" REFERENCING OLD TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION suppression_changed();

-- Adds up what lies side by side. One at a time; whoever counts meanwhile sees the rows before or the sums after, never half.
CREATE FUNCTION merge_audience_cells() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v_rows integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7201, 4) THEN RETURN 0; END IF;
  WITH gone AS (DELETE FROM audience_cell RETURNING *)
  INSERT INTO audience_cell (list_key, basis, area_code, groups, interests, language, confirmed, people)
  SELECT list_key, basis, area_code, groups, interests, language, confirmed, sum(people)
    FROM gone GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(people) <> 0;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END $$;

-- What the cells should say, from the people themselves: what is wrong comes out, as rows to add; nothing, when all is right.
CREATE FUNCTION audience_cells_amiss() RETURNS SETOF audience_cell LANGUAGE sql AS $$
  SELECT list_key, basis, area_code, groups, interests, language, confirmed, sum(people)::int
    FROM (SELECT c.list_key, c.basis, s.area_code, s.groups, s.interests, s.language, date_trunc('quarter', s.confirmed_at AT TIME ZONE 'UTC')::date AS confirmed, 1 AS people
            FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
           WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
          UNION ALL
          SELECT list_key, basis, area_code, groups, interests, language, confirmed, -people FROM audience_cell) t
   GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(people) <> 0
$$;
INSERT INTO audience_cell SELECT * FROM audience_cells_amiss();
