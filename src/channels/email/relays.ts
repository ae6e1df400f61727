// The first relay and, where there is one, the second: which of them carries a message, and how long both may rest.
import { type Unavailable, unavailable } from "../../domain/outcome.ts";
import type { Gate, Sent } from "../channel.ts";
import { ask, type Breaker, CLOSED, failed, restMs, worked } from "./breaker.ts";
import type { Envelope } from "./line.ts";
import type { Message } from "./mime.ts";
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
    const asking = { gate, wasAsked: false };
    let sent: Sent = unavailable("relays-resting", "resting");
    for (const route of routes) {
      const asked = ask(route.breaker, now());
      route.breaker = asked.breaker;
      if (!asked.may) continue;
      sent = await over(route, { envelope, message, asking }, { now, random });
      // One gate stands for one attempt: once it was asked, another relay would be a second one.
      if (asking.wasAsked || !isWorthAnother(sent)) break;
    }
    return sent.kind === "unavailable" ? { ...sent, retryAfterSeconds: waitOf(sent, routes, now()) } : sent;
  };
  return { send, close: () => routes.forEach(({ relay }) => relay.close()) };
}

interface Route {
  readonly relay: Relay;
  breaker: Breaker;
}
interface Sending {
  readonly envelope: Envelope;
  readonly message: Message;
  readonly asking: { readonly gate: Gate; wasAsked: boolean };
}

/** One attempt over one relay, from which its breaker learns. */
async function over(route: Route, { envelope, message, asking }: Sending, nature: Nature): Promise<Sent> {
  let isWell = false;
  try {
    const sent = await route.relay.send(envelope, message, () => {
      asking.wasAsked = isWell = true; // a relay that came so far works, whatever the gate says or throws
      return asking.gate();
    });
    isWell = !isTrouble(sent);
    return sent;
  } finally {
    route.breaker = isWell ? worked(route.breaker) : failed(route.breaker, nature.now(), nature.random());
  }
}

/** Policy is not: the other relay must not carry what this one would not. */
const isWorthAnother = (sent: Sent): boolean => sent.kind === "unavailable" && sent.why !== "policy";

/** Us or the relay, not the recipient. */
const isTrouble = (sent: Sent): boolean => isWorthAnother(sent) || sent.kind === "unknown";

/** What was said, or until a relay is tried again; null where one can be tried now. */
function waitOf(sent: Unavailable, routes: readonly Route[], now: number): number | null {
  if (sent.retryAfterSeconds !== null) return sent.retryAfterSeconds;
  const rest = Math.min(...routes.map(({ breaker }) => restMs(breaker, now)));
  return rest > 0 ? Math.ceil(rest / 1_000) : null;
}
