// A witness inside the database: at the very commit of every gate it notes whether a stop or a hold was committed before it.
import type { QueryResultRow } from "pg";

type Rows = <T extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;

/**
 * A deferred trigger runs as the last thing of a transaction and, as every statement of ours, sees what was committed until
 * then. After it the row's lock and the gate's own are held until the commit is done, so that nothing comes in between.
 */
export async function callWitness(
  rows: Rows,
): Promise<{ saw: () => Promise<{ passed: number; after: number }> }> {
  await rows("CREATE TABLE witness (delivery_id bigint NOT NULL, after boolean NOT NULL)");
  await rows(`CREATE FUNCTION bear_witness() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      INSERT INTO witness SELECT NEW.id,
        EXISTS (SELECT 1 FROM hold WHERE released_at IS NULL)
        OR EXISTS (SELECT 1 FROM subscriber s JOIN suppression x ON x.email_hash = s.email_hash WHERE s.id = NEW.subscriber_id);
      RETURN NULL;
    END $$`);
  await rows(`CREATE CONSTRAINT TRIGGER witness AFTER UPDATE ON delivery DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'intent' AND OLD.state <> 'intent') EXECUTE FUNCTION bear_witness()`);
  return {
    /** How many passed, and how many of them although it was stopped by then. */
    saw: async () => {
      const [found] = await rows<{ passed: number; after: number }>(
        "SELECT count(*)::int AS passed, count(*) FILTER (WHERE after)::int AS after FROM witness",
      );
      return found ?? { passed: 0, after: 0 };
    },
  };
}
