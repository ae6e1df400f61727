// The first relay and, where there is one, the second: which of them carries a message, and how long both may rest.
import { unavailable } from "../../domain/outcome.ts";
import type { Sent } from "../channel.ts";
import { ask, type Breaker, CLOSED, failed, restMs, worked } from "./breaker.ts";
import { openRelay, type Relay } from "./relay.ts";

/** Steady milliseconds and chance; given in tests. */
export interface Nature {
  readonly now: () => number;
  readonly random: () => number;
}
const NATURE: Nature = { now: () => performance.now(), random: Math.random };

type Open = (smtpUrl: string) => Relay;

/** In the order of `urls`: the next is asked only where the one before rests or turned us away before the gate was asked. */
export function openRelays(
  urls: readonly string[],
  { now, random }: Nature = NATURE,
  open: Open = (url) => openRelay(url, now),
): Relay {
  const routes = urls.map((url) => ({ relay: open(url), breaker: CLOSED }));

  const send: Relay["send"] = async (envelope, message, gate) => {
    let wasAsked = false;
    const asking = () => {
      wasAsked = true;
      return gate();
    };
    let sent: Sent = unavailable("relays-resting", "resting");
    for (const route of routes) {
      const asked = ask(route.breaker, now());
      route.breaker = asked.breaker;
      if (!asked.may) continue;
      try {
        sent = await route.relay.send(envelope, message, asking);
      } catch (fault) {
        route.breaker = wasAsked ? worked(route.breaker) : failed(route.breaker, now(), random());
        throw fault;
      }
      route.breaker = isTrouble(sent) ? failed(route.breaker, now(), random()) : worked(route.breaker);
      // One gate stands for one attempt: once it was asked, another relay would be a second one.
      if (wasAsked || sent.kind !== "unavailable" || sent.why === "policy") break;
    }
    return sent.kind === "unavailable" && sent.retryAfterSeconds === null
      ? { ...sent, retryAfterSeconds: restSeconds(routes, now()) }
      : sent;
  };
  return { send, close: () => routes.forEach(({ relay }) => relay.close()) };
}

/** Us or the relay, not the recipient. Policy is not among them: the other relay must not carry what this one would not. */
const isTrouble = (sent: Sent): boolean =>
  (sent.kind === "unavailable" && sent.why !== "policy") ||
  (sent.kind === "unknown" && sent.code === "reply-lost");

/** Until the first relay is tried again; null where one can be tried now. */
function restSeconds(routes: readonly { readonly breaker: Breaker }[], now: number): number | null {
  const rest = Math.min(...routes.map(({ breaker }) => restMs(breaker, now)));
  return rest > 0 ? Math.ceil(rest / 1_000) : null;
}
