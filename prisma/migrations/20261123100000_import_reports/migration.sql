-- What became of a row that is not simply taken, and a postcode on its way to the area that is kept of it.
ALTER TABLE "import_refusal"
  ADD COLUMN "became" TEXT NOT NULL DEFAULT 'refused',
  ADD CONSTRAINT "import_refusal_became" CHECK ("became" IN ('refused', 'parked', 'changed', 'duplicate', 'stopped'));
ALTER TABLE "import_row" ADD COLUMN "postcode" TEXT;
-- Exports that were asked for and not yet used.
CREATE INDEX "export_request_open" ON "export_request" ("list_key") WHERE "used_at" IS NULL;
