-- Counts of deliveries by channel, segment and state. Batches that are done carry their counts, untouched ones their size; only
-- those being worked are counted row by row, so that a million recipients cost a page no more than a thousand.
-- $1 communication ids
SELECT p.communication_id AS "communicationId", p.channel_key AS "channelKey", b.segment_key AS "segmentKey", x.state, sum(x.n)::bigint AS count
  FROM dispatch p
  JOIN batch b ON b.dispatch_id = p.id
 CROSS JOIN LATERAL (
   SELECT e.key AS state, e.value::text::bigint AS n FROM jsonb_each(b.counts) e WHERE b.counts IS NOT NULL
   UNION ALL
   SELECT 'queued', b.total WHERE b.counts IS NULL AND b.fence = 0
   UNION ALL
   SELECT d.state, count(*) FROM delivery d
    WHERE b.counts IS NULL AND b.fence > 0 AND d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no
    GROUP BY 1
 ) x
 WHERE p.communication_id = ANY ($1::uuid[])
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
