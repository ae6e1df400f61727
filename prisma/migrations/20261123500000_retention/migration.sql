-- What is kept no longer than it may be (LAW10): a run of retention counts what goes in the same transaction in which it goes, so that
-- a kill in the middle loses no proof; batches remember that of their deliveries only the counts are left.
CREATE TABLE "retention_run" (
  "id" SERIAL NOT NULL,
  "night" DATE,
  "made_by" TEXT NOT NULL,
  "counts" JSONB NOT NULL DEFAULT '{}',
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ,
  CONSTRAINT "retention_run_pkey" PRIMARY KEY ("id")
);
-- One a night, however many schedulers ask; runs by hand have no night.
CREATE UNIQUE INDEX "retention_run_night" ON "retention_run" ("night");

ALTER TABLE "batch" ADD COLUMN "reduced" BOOLEAN NOT NULL DEFAULT false;
-- Written once for a batch, when it is done: claims and leases never touch it.
CREATE INDEX "batch_unreduced" ON "batch" ("done_at") WHERE "done_at" IS NOT NULL AND NOT "reduced";
CREATE INDEX "consent_ended" ON "consent" ("withdrawn_at") WHERE "withdrawn_at" IS NOT NULL;
