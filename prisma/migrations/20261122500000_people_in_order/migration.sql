-- People's ids are in the order in which they came (RFC 9562, version 7), as their rows are: a freeze walks through the ids, and with
-- random ones each of its stretches read nearly the whole table. Written out, because PostgreSQL has uuidv7() from 18 on only.
CREATE FUNCTION time_ordered_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
           PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
ALTER TABLE "subscriber" ALTER COLUMN "id" SET DEFAULT time_ordered_id();
