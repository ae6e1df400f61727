-- Which dispatch a report was about stands beside it, so that a campaign's page counts what came back without reading deliveries, and
-- still can when those have been cleared away.
ALTER TABLE "bounce" ADD COLUMN "dispatch_id" UUID;
UPDATE "bounce" b SET "dispatch_id" = d.dispatch_id FROM "delivery" d WHERE d.id = b.delivery_id;
CREATE INDEX "bounce_dispatch" ON "bounce" ("dispatch_id", "kind");
CREATE INDEX "bounce_at" ON "bounce" ("at");
