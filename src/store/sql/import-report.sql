-- Writes down the rows of an import that were not simply taken for a reason only the tables knew: the same person twice, somebody who
-- said stop, a consent that ended. Rows are named by number, nobody by name.  $1 import
INSERT INTO import_refusal (import_id, row_no, field, why, became)
SELECT $1, r.row_no, 'email', 'is the same person as row ' || p.row_no || ', so that row counts', 'duplicate'
  FROM import_row r JOIN import_person p ON p.email_hash = r.email_hash
 WHERE r.import_id = $1 AND r.row_no <> p.row_no
UNION ALL
SELECT $1, row_no, 'email',
       CASE fate WHEN 'suppressed' THEN 'asked us to stop all messages; nothing is kept of this row, and only they can change that'
                 WHEN 'objected' THEN 'left this list or objected to it; they are not put back, and only they can change that'
                 WHEN 'apart' THEN 'is on lists of the other kind (children''s, or not) already; one address is on one side only'
                 ELSE 'agreed to this list once and let it lapse; this row has no newer consent' END,
       CASE WHEN fate IN ('lapsed', 'apart') THEN 'parked' ELSE 'stopped' END
  FROM import_person WHERE fate IN ('suppressed', 'objected', 'lapsed', 'apart')
ON CONFLICT DO NOTHING
