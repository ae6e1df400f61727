// A segment's rule as it is asked of people's rows, where sensitive interests stand sealed (LAW6). The rule itself keeps their names.
import type { SegmentPart, SegmentRule } from "../domain/segment.ts";
import { sealInterests } from "./sealed-topic.ts";

/** With the house's secret. `sensitive`: the interests that stand sealed in the rows. */
export const sealedRuleOf =
  (secret: string) =>
  (rule: SegmentRule, sensitive: ReadonlySet<string>): SegmentRule => {
    const sealed = <Part extends SegmentPart>(part: Part): Part =>
      part.interests ? { ...part, interests: sealInterests(secret, part.interests, sensitive) } : part;
    return { ...sealed(rule), ...(rule.except ? { except: sealed(rule.except) } : {}) };
  };
