-- The foundation: partnership, audience, plan, sending, record.
-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "partnership" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "strapline" TEXT NOT NULL,
    "strategy_line" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,

    CONSTRAINT "partnership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agency" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "agency_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "person" (
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "agency_key" TEXT NOT NULL,
    "roles" TEXT[],
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "person_pkey" PRIMARY KEY ("email")
);

-- CreateTable
CREATE TABLE "area" (
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "parent_code" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "area_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "priority" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "priority_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "channel" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "agency_key" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "list_key" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "channel_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "segment" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "rule" JSONB NOT NULL,
    "specificity" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "segment_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "list" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "agency_key" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "privacy_notice_url" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "list_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "subscriber" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "email_hash" TEXT NOT NULL,
    "first_name" TEXT,
    "language" TEXT NOT NULL DEFAULT 'en',
    "area_code" TEXT,
    "groups" TEXT[],
    "interests" TEXT[],
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriber_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" BIGSERIAL NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "list_key" TEXT NOT NULL,
    "basis" TEXT NOT NULL,
    "wording" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "given_at" TIMESTAMPTZ NOT NULL,
    "withdrawn_at" TIMESTAMPTZ,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppression" (
    "email_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("email_hash")
);

-- CreateTable
CREATE TABLE "campaign" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "priority_key" TEXT NOT NULL,
    "objective" TEXT NOT NULL,
    "emphasis" TEXT[],
    "level" TEXT NOT NULL,
    "place_or_issue" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "sensitivity" TEXT NOT NULL,
    "season_key" TEXT,
    "library_key" TEXT,
    "lead_agency_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaign_agency" (
    "campaign_id" UUID NOT NULL,
    "agency_key" TEXT NOT NULL,

    CONSTRAINT "campaign_agency_pkey" PRIMARY KEY ("campaign_id","agency_key")
);

-- CreateTable
CREATE TABLE "communication" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "campaign_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "text" JSONB NOT NULL,
    "audience" TEXT[],
    "channels" TEXT[],
    "author_email" TEXT NOT NULL,
    "approver_email" TEXT NOT NULL,
    "content_hash" TEXT,
    "due_wall" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ NOT NULL,
    "latest_useful_at" TIMESTAMPTZ NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ,
    "completed_at" TIMESTAMPTZ,

    CONSTRAINT "communication_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "content_version" (
    "hash" TEXT NOT NULL,
    "communication_id" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_version_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "rendition" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "communication_id" UUID NOT NULL,
    "channel_key" TEXT NOT NULL,
    "segment_key" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'wanted',
    "approved_hash" TEXT,
    "body" JSONB,

    CONSTRAINT "rendition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coordination_check" (
    "id" BIGSERIAL NOT NULL,
    "communication_id" UUID NOT NULL,
    "overlaps" JSONB NOT NULL,
    "answers" JSONB NOT NULL,
    "answered_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coordination_check_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_off" (
    "id" BIGSERIAL NOT NULL,
    "communication_id" UUID NOT NULL,
    "agency_key" TEXT NOT NULL,
    "submitted_by" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_off_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispatch" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "communication_id" UUID NOT NULL,
    "channel_key" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'released',
    "recipient_count" INTEGER NOT NULL,
    "released_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ,

    CONSTRAINT "dispatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "batch" (
    "dispatch_id" UUID NOT NULL,
    "batch_no" INTEGER NOT NULL,
    "rung_at" TIMESTAMPTZ,
    "done_at" TIMESTAMPTZ,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("dispatch_id","batch_no")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" BIGSERIAL NOT NULL,
    "communication_id" UUID NOT NULL,
    "channel_key" TEXT NOT NULL,
    "recipient_key" TEXT NOT NULL,
    "dispatch_id" UUID NOT NULL,
    "batch_no" INTEGER NOT NULL,
    "segment_key" TEXT NOT NULL,
    "rendition_id" UUID NOT NULL,
    "subscriber_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ,
    "not_before" TIMESTAMPTZ,
    "outcome_code" TEXT,
    "proof" TEXT,
    "settled_at" TIMESTAMPTZ,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "seq" BIGINT NOT NULL,
    "at" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "article" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "sensitive" BOOLEAN NOT NULL DEFAULT false,
    "published_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "article_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media" (
    "sha256" TEXT NOT NULL,
    "mime" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,

    CONSTRAINT "media_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE UNIQUE INDEX "subscriber_email_key" ON "subscriber"("email");

-- CreateIndex
CREATE UNIQUE INDEX "subscriber_email_hash_key" ON "subscriber"("email_hash");

-- CreateIndex
CREATE INDEX "consent_subscriber_id_idx" ON "consent"("subscriber_id");

-- CreateIndex
CREATE UNIQUE INDEX "consent_list_key_subscriber_id_given_at_key" ON "consent"("list_key", "subscriber_id", "given_at");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_key_key" ON "campaign"("key");

-- CreateIndex
CREATE UNIQUE INDEX "communication_reference_key" ON "communication"("reference");

-- CreateIndex
CREATE INDEX "communication_state_due_at_idx" ON "communication"("state", "due_at");

-- CreateIndex
CREATE INDEX "communication_due_at_idx" ON "communication"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "communication_campaign_id_key_key" ON "communication"("campaign_id", "key");

-- CreateIndex
CREATE INDEX "content_version_communication_id_idx" ON "content_version"("communication_id");

-- CreateIndex
CREATE UNIQUE INDEX "rendition_communication_id_channel_key_segment_key_language_key" ON "rendition"("communication_id", "channel_key", "segment_key", "language");

-- CreateIndex
CREATE INDEX "coordination_check_communication_id_idx" ON "coordination_check"("communication_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_off_communication_id_agency_key_content_hash_key" ON "sign_off"("communication_id", "agency_key", "content_hash");

-- CreateIndex
CREATE UNIQUE INDEX "dispatch_communication_id_channel_key_key" ON "dispatch"("communication_id", "channel_key");

-- CreateIndex
CREATE INDEX "delivery_dispatch_id_batch_no_idx" ON "delivery"("dispatch_id", "batch_no");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_communication_id_channel_key_recipient_key_key" ON "delivery"("communication_id", "channel_key", "recipient_key");

-- CreateIndex
CREATE UNIQUE INDEX "log_entry_hash_key" ON "log_entry"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "article_slug_key" ON "article"("slug");

-- CreateIndex
CREATE INDEX "article_published_at_idx" ON "article"("published_at");

-- AddForeignKey
ALTER TABLE "person" ADD CONSTRAINT "person_agency_key_fkey" FOREIGN KEY ("agency_key") REFERENCES "agency"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "area" ADD CONSTRAINT "area_parent_code_fkey" FOREIGN KEY ("parent_code") REFERENCES "area"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel" ADD CONSTRAINT "channel_agency_key_fkey" FOREIGN KEY ("agency_key") REFERENCES "agency"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel" ADD CONSTRAINT "channel_list_key_fkey" FOREIGN KEY ("list_key") REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "list" ADD CONSTRAINT "list_agency_key_fkey" FOREIGN KEY ("agency_key") REFERENCES "agency"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscriber"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_list_key_fkey" FOREIGN KEY ("list_key") REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_lead_agency_key_fkey" FOREIGN KEY ("lead_agency_key") REFERENCES "agency"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_agency" ADD CONSTRAINT "campaign_agency_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_agency" ADD CONSTRAINT "campaign_agency_agency_key_fkey" FOREIGN KEY ("agency_key") REFERENCES "agency"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "communication" ADD CONSTRAINT "communication_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "content_version" ADD CONSTRAINT "content_version_communication_id_fkey" FOREIGN KEY ("communication_id") REFERENCES "communication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rendition" ADD CONSTRAINT "rendition_communication_id_fkey" FOREIGN KEY ("communication_id") REFERENCES "communication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coordination_check" ADD CONSTRAINT "coordination_check_communication_id_fkey" FOREIGN KEY ("communication_id") REFERENCES "communication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_communication_id_fkey" FOREIGN KEY ("communication_id") REFERENCES "communication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispatch" ADD CONSTRAINT "dispatch_communication_id_fkey" FOREIGN KEY ("communication_id") REFERENCES "communication"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "batch" ADD CONSTRAINT "batch_dispatch_id_fkey" FOREIGN KEY ("dispatch_id") REFERENCES "dispatch"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_dispatch_id_fkey" FOREIGN KEY ("dispatch_id") REFERENCES "dispatch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- ---- What Prisma cannot say -----------------------------------------------------------------------------------------

-- States are text with CHECKs (not enums): the tables of moves in src/domain are the source, test/contract compares them.
ALTER TABLE "partnership" ADD CONSTRAINT "partnership_is_one" CHECK ("id" = 1);
ALTER TABLE "communication" ADD CONSTRAINT "communication_state" CHECK ("state" IN
  ('draft','in_review','approved','scheduled','needs_decision','released','completed','cancelled'));
ALTER TABLE "communication" ADD CONSTRAINT "communication_window" CHECK ("due_at" <= "latest_useful_at");
ALTER TABLE "communication" ADD CONSTRAINT "communication_hash_from_review_on" CHECK
  ("content_hash" IS NOT NULL OR "state" IN ('draft','cancelled'));
ALTER TABLE "rendition" ADD CONSTRAINT "rendition_state" CHECK ("state" IN ('wanted','ready','refused'));
ALTER TABLE "dispatch" ADD CONSTRAINT "dispatch_state" CHECK ("state" IN ('released','done'));
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_state" CHECK ("state" IN
  ('queued','claimed','intent','accepted','deferred','refused','in_doubt','suppressed','held','expired','cancelled','dead'));

-- Four eyes (A3): nobody signs off what they submitted, whatever the program above believes.
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_four_eyes" CHECK (lower("submitted_by") <> lower("decided_by"));
ALTER TABLE "sign_off" ADD CONSTRAINT "sign_off_decision" CHECK ("decision" IN ('approved','rejected'));

-- Work still to be done, which the claim and the sweeper look for; settled rows are not in these.
CREATE INDEX "delivery_open" ON "delivery" ("dispatch_id", "batch_no") WHERE "state" IN ('queued','claimed','intent','deferred');
CREATE INDEX "delivery_leased" ON "delivery" ("lease_until") WHERE "state" IN ('claimed','intent');
CREATE INDEX "delivery_in_doubt" ON "delivery" ("id") WHERE "state" = 'in_doubt';
CREATE INDEX "delivery_deferred" ON "delivery" ("not_before") WHERE "state" = 'deferred';
CREATE INDEX "batch_open" ON "batch" ("dispatch_id") WHERE "done_at" IS NULL;

-- Release walks a segment by group, interest, place and language.
CREATE INDEX "subscriber_area" ON "subscriber" ("area_code");
CREATE INDEX "subscriber_groups" ON "subscriber" USING gin ("groups");
CREATE INDEX "subscriber_interests" ON "subscriber" USING gin ("interests");

-- Renditions belong to deliveries; kept out of Prisma's model so that freezing a million rows checks one key, not three.
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_rendition_fkey" FOREIGN KEY ("rendition_id") REFERENCES "rendition"("id");

-- ---- The log ----------------------------------------------------------------------------------------------------------
-- A line is (seq, at, body, prev_hash, hash) with hash = sha256(seq LF prev_hash LF at LF body) in lower-case hex: an
-- outsider needs nothing but those five columns to check it. The columns below are generated from the body, so they can
-- neither drift from it nor be changed without it.
ALTER TABLE "log_entry" ADD COLUMN "kind" text GENERATED ALWAYS AS (("body"::jsonb) ->> 'kind') STORED;
ALTER TABLE "log_entry" ADD COLUMN "actor" text GENERATED ALWAYS AS (("body"::jsonb) ->> 'actor') STORED;
ALTER TABLE "log_entry" ADD COLUMN "agency_key" text GENERATED ALWAYS AS (("body"::jsonb) ->> 'agency') STORED;
ALTER TABLE "log_entry" ADD COLUMN "campaign_key" text GENERATED ALWAYS AS (("body"::jsonb) ->> 'campaign') STORED;
ALTER TABLE "log_entry" ADD COLUMN "reference" text GENERATED ALWAYS AS (("body"::jsonb) ->> 'reference') STORED;
CREATE INDEX "log_entry_campaign" ON "log_entry" ("campaign_key", "seq");
CREATE INDEX "log_entry_reference" ON "log_entry" ("reference", "seq");

-- Appends one line and returns its number. Takes the log's one lock until the caller's transaction ends, so lines are in
-- commit order and the chain has no fork; call it last in a transaction. The lock is waited for before the head is read
-- (each statement of a volatile function sees what was committed before it began).
CREATE FUNCTION append_log(p_body text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_seq bigint;
  v_prev text;
  v_at text;
BEGIN
  PERFORM pg_advisory_xact_lock(7201, 1);
  SELECT seq, hash INTO v_seq, v_prev FROM log_entry ORDER BY seq DESC LIMIT 1;
  v_seq := coalesce(v_seq, 0) + 1;
  v_prev := coalesce(v_prev, repeat('0', 64));
  v_at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  INSERT INTO log_entry (seq, at, body, prev_hash, hash)
  VALUES (v_seq, v_at, p_body, v_prev,
          encode(sha256(convert_to(v_seq || E'\n' || v_prev || E'\n' || v_at || E'\n' || p_body, 'UTF8')), 'hex'));
  RETURN v_seq;
END $$;

CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER log_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "log_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change();

-- What was put before approvers is evidence, too.
CREATE TRIGGER content_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "content_version"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change();
