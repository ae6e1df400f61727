-- How many deliveries of a finished batch we refused ourselves for want of a value: asked for after every batch, so counted once.
ALTER TABLE "batch" ADD COLUMN "missing" INTEGER NOT NULL DEFAULT 0;
UPDATE "batch" b SET "missing" = n FROM (
  SELECT "dispatch_id", "batch_no", count(*) AS n FROM "delivery" WHERE "state" = 'refused' AND "outcome_code" LIKE 'missing-%' GROUP BY 1, 2) x
 WHERE b."done_at" IS NOT NULL AND x."dispatch_id" = b."dispatch_id" AND x."batch_no" = b."batch_no";
