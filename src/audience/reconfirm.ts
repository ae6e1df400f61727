// Every night: who said nothing for two years is asked whether they still want to hear; who does not answer is no longer written to (LAW10).
import {
  RECONFIRM_AFTER_MONTHS,
  RECONFIRM_PER_NIGHT,
  RECONFIRM_WAIT_DAYS,
} from "../../config/audience-limits.ts";
import type { Store } from "../store/store.ts";

export interface ReconfirmDeps {
  readonly store: Pick<Store, "preferences" | "signUps">;
}

/** Safe to repeat. Warnings in an emergency are neither asked about nor ended. Sign-ups nobody confirmed in time are forgotten. */
export async function reconfirm({
  store,
}: ReconfirmDeps): Promise<{ asked: number; lapsed: number; forgotten: number }> {
  const { preferences, signUps } = store;
  const lapsed = await preferences.lapse(RECONFIRM_WAIT_DAYS, RECONFIRM_PER_NIGHT, (people) => ({
    kind: "subscriber.lapsed",
    actor: "bellman",
    facts: { people },
  }));
  const asked = await preferences.askAgain(RECONFIRM_AFTER_MONTHS, RECONFIRM_PER_NIGHT, RECONFIRM_WAIT_DAYS);
  return { asked, lapsed, forgotten: await signUps.forget() };
}
