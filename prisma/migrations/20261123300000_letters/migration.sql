-- Letters: single messages to one person about something they themselves asked for (a link to confirm, a link to their page, what
-- became of a complaint). The row is the truth and holds no address; whoever sends reads it from what the letter is about.
CREATE TABLE "letter" (
  "id" UUID NOT NULL DEFAULT time_ordered_id(),
  "kind" TEXT NOT NULL,
  -- The sign-up, subscriber or complaint, by its kind.
  "about" UUID NOT NULL,
  -- So that nobody's mailbox is filled with our help.
  "email_hash" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'waiting',
  "tries" SMALLINT NOT NULL DEFAULT 0,
  "asked_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "not_before" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "useful_until" TIMESTAMPTZ NOT NULL,
  "handed_at" TIMESTAMPTZ,
  "ended_at" TIMESTAMPTZ,
  "outcome_code" TEXT,
  CONSTRAINT "letter_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "letter_kind" CHECK ("kind" IN ('confirm', 'still', 'everything', 'complaint-received', 'complaint-answered')),
  CONSTRAINT "letter_state" CHECK ("state" IN ('waiting', 'handed', 'sent', 'refused', 'unknown', 'expired'))
);
CREATE INDEX "letter_open" ON "letter" ("not_before") WHERE "state" IN ('waiting', 'handed');
CREATE INDEX "letter_about" ON "letter" ("about", "asked_at");
CREATE INDEX "letter_hash" ON "letter" ("email_hash", "asked_at");

-- Who said long ago that they want to hear, found without reading everybody.
CREATE INDEX "subscriber_confirmed" ON "subscriber" ("confirmed_at");
