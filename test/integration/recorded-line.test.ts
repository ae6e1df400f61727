// The log's line that the gate writes inside the database is, byte for byte, what our own code would write.
import { expect, test } from "@jest/globals";
import { bodyOf } from "../../src/domain/log-entry.ts";
import { withDesk } from "../support/desk.ts";

const { rows, now } = withDesk();

test.each([
  { accepted: 80 },
  { accepted: 1, deferred: 2, refused: 3, in_doubt: 4, dead: 5 },
  { suppressed: 7, expired: 9, cancelled: 1 },
])("for %j", async (counts) => {
  const [line] = await rows<{ line: string; agency: string; reference: string }>(
    `SELECT recorded_line(p.id, $2::jsonb) AS line, k.lead_agency_key AS agency, c.reference
       FROM dispatch p JOIN communication c ON c.id = p.communication_id JOIN campaign k ON k.id = c.campaign_id WHERE p.id = $1`,
    [now.dispatchId, JSON.stringify(counts)],
  );
  expect(line?.line).toBe(
    bodyOf({
      kind: "deliveries.recorded",
      actor: "bellman",
      agency: line?.agency ?? "",
      campaign: now.key,
      reference: line?.reference ?? "",
      facts: { channel: "email", dispatch: now.dispatchId, ...counts },
    }),
  );
});
