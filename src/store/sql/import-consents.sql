-- Gives everybody of import_person whose fate is 'consent' a standing consent on the list, with the evidence of their row.
-- Returns nothing; the trigger on consent counts them into audience_cell. Locks each person's row FOR KEY SHARE, as any foreign key
-- does, so it comes late in its transaction.  $1 list
INSERT INTO consent (list_key, subscriber_id, basis, wording, source, given_at)
SELECT $1, id, basis, wording, source, given_at FROM import_person WHERE fate = 'consent' ORDER BY email_hash
