-- Who decided over a list, and since when: part of the evidence of a consent (who decided when somebody agreed), although the list itself
-- knows only who does now. Kept by a trigger, so that whoever changes a list cannot forget it; no column on a million consents.
CREATE TABLE "list_controllers" (
  "list_key" TEXT NOT NULL,
  "since" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  "controllers" TEXT[] NOT NULL,
  CONSTRAINT "list_controllers_pkey" PRIMARY KEY ("list_key", "since"),
  CONSTRAINT "list_controllers_list_fkey" FOREIGN KEY ("list_key") REFERENCES "list"("key") ON DELETE RESTRICT ON UPDATE CASCADE
);
-- Consents given elsewhere may be older than the list here: its first controllers are those of all time before.
INSERT INTO "list_controllers" ("list_key", "since", "controllers") SELECT "key", '-infinity', "controllers" FROM "list";

CREATE FUNCTION controllers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO list_controllers (list_key, since, controllers) VALUES (NEW.key, '-infinity', NEW.controllers);
  ELSIF NEW.controllers IS DISTINCT FROM OLD.controllers THEN
    INSERT INTO list_controllers (list_key, controllers) VALUES (NEW.key, NEW.controllers);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER z_controllers_changed AFTER INSERT OR UPDATE ON "list" FOR EACH ROW EXECUTE FUNCTION controllers_changed();
