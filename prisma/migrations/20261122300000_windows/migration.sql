-- Windows: earliest, latest useful and expiry as the wall times they were promised in; repetition; quiet hours; a clock tests can set.

-- The one clock of everything that is due. Tests replace it; nothing else does.
CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()';

-- AlterTable
ALTER TABLE "partnership" ADD COLUMN "quiet_from" TEXT,
ADD COLUMN "quiet_to" TEXT,
ADD COLUMN "quiet_classes" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "campaign" ADD COLUMN "repeats" TEXT,
ADD COLUMN "skips" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "communication" ADD COLUMN "due_note" TEXT,
ADD COLUMN "earliest_wall" TEXT,
ADD COLUMN "earliest_at" TIMESTAMPTZ,
ADD COLUMN "latest_useful_wall" TEXT,
ADD COLUMN "expires_wall" TEXT,
ADD COLUMN "expires_at" TIMESTAMPTZ,
ADD COLUMN "quiet_override" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "quiet_override_why" TEXT;

-- What was planned before said how long it is useful as an instant only.
UPDATE "communication" SET "latest_useful_wall" = to_char("latest_useful_at" AT TIME ZONE "zone", 'YYYY-MM-DD"T"HH24:MI');

-- ---- What Prisma cannot say -----------------------------------------------------------------------------------------

-- earliest <= due <= latest useful <= expiry; a NULL is an end that is open. The middle of it is "communication_window".
ALTER TABLE "communication" ADD CONSTRAINT "communication_earliest" CHECK ("earliest_at" <= "due_at");
ALTER TABLE "communication" ADD CONSTRAINT "communication_expiry" CHECK ("latest_useful_at" <= "expires_at");
-- A wall time and its instant are there together or not at all: one without the other could not be checked again (S3).
ALTER TABLE "communication" ADD CONSTRAINT "communication_walls" CHECK
  (("earliest_wall" IS NULL) = ("earliest_at" IS NULL) AND ("expires_wall" IS NULL) = ("expires_at" IS NULL));
-- Quiet hours are overridden with a reason or not at all (S9).
ALTER TABLE "communication" ADD CONSTRAINT "communication_quiet_override" CHECK
  ("quiet_override" = ("quiet_override_why" IS NOT NULL));
ALTER TABLE "partnership" ADD CONSTRAINT "partnership_quiet_hours" CHECK
  (("quiet_from" IS NULL) = ("quiet_to" IS NULL) AND "quiet_from" <> "quiet_to");

-- The news list leaves out what has expired.
CREATE INDEX "communication_expires" ON "communication" ("expires_at") WHERE "expires_at" IS NOT NULL;
