-- Fills import_person (made by src/store/imports.ts for one transaction) with one row for each person of an import: of several rows
-- the first that carries a consent, else the first. `fate` says what the import may do with them; the strongest comes first.
-- In the order of the hash, so that ids, index pages and locks follow one another, and two imports never wait crosswise.
-- Changes and locks nothing else.  $1 import  $2 list
INSERT INTO import_person
SELECT r.row_no, r.email, r.email_hash, r.first_name, r.language, coalesce(r.area_code, p.area_code), r.groups, r.interests, r.age_band,
       r.basis, r.wording, r.source, r.given_at, coalesce(s.id, time_ordered_id()), s.id IS NOT NULL,
       CASE WHEN x.email_hash IS NOT NULL THEN 'suppressed'
            WHEN c.id IS NOT NULL THEN 'standing'
            WHEN o.email_hash IS NOT NULL OR f.said_no OR e.said_no THEN 'objected'
            WHEN k.subscriber_id IS NOT NULL THEN 'apart'
            WHEN r.basis IS NULL THEN 'parked'
            WHEN r.given_at <= f.last_given THEN 'lapsed'
            ELSE 'consent' END
  FROM (SELECT DISTINCT ON (email_hash) * FROM import_row WHERE import_id = $1
         ORDER BY email_hash, (basis IS NULL), row_no) r
  LEFT JOIN postcode p ON p.postcode = r.postcode
  LEFT JOIN subscriber s ON s.email_hash = r.email_hash
  LEFT JOIN suppression x ON x.email_hash = r.email_hash
  LEFT JOIN objection o ON o.email_hash = r.email_hash AND o.list_key = $2
  LEFT JOIN consent c ON c.subscriber_id = s.id AND c.list_key = $2 AND c.withdrawn_at IS NULL
  LEFT JOIN (SELECT subscriber_id, bool_or(end_reason IN ('withdrawn', 'objected')) AS said_no, max(given_at) AS last_given
               FROM consent WHERE list_key = $2 AND withdrawn_at IS NOT NULL GROUP BY 1) f ON f.subscriber_id = s.id
  LEFT JOIN (SELECT email_hash, bool_or(end_reason IN ('withdrawn', 'objected')) AS said_no
               FROM former_consent WHERE list_key = $2 GROUP BY 1) e ON e.email_hash = r.email_hash
  -- Children's lists and all others stay apart (LAW8), as on the page where people join.
  LEFT JOIN (SELECT DISTINCT oc.subscriber_id FROM consent oc JOIN list ol ON ol.key = oc.list_key
              WHERE oc.withdrawn_at IS NULL AND (ol.kind = 'youth') <> (SELECT kind = 'youth' FROM list WHERE key = $2)) k
         ON k.subscriber_id = s.id
 ORDER BY r.email_hash
