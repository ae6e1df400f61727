// The few HTTP calls Bellman makes to services beside it. Bounded in time; no redirects; JSON only.

const TIMEOUT_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `sent: false` means the request provably never left (nobody listened there). */
export type Call =
  { readonly answered: true; readonly answer: Answer } | { readonly answered: false; readonly sent: boolean };

const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Asks once. A refused connection is told apart from an answer that was lost. */
export async function call(
  url: URL,
  init: { method: string; headers?: Record<string, string>; body?: unknown },
): Promise<Call> {
  try {
    const response = await fetch(url, {
      method: init.method,
      headers: { "content-type": "application/json", ...init.headers },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { answered: true, answer: { status: response.status, body: parse(text) } };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code ?? "";
    return { answered: false, sent: !NEVER_CONNECTED.has(code) };
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

type Found =
  | { readonly found: "yes"; readonly proof: string }
  | { readonly found: "no" }
  | { readonly found: "unknown" };

/**
 * A look-up service's answer: 200 it is there, 404 it is not; anything else proves nothing. Both must come as a JSON object:
 * the "not found" page of some other server at a mistyped address must never read as "it was not taken".
 */
export async function askLookup(
  url: string,
  query: Record<string, string>,
  proofOf: (body: unknown) => string,
): Promise<Found> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const asked = await call(address, { method: "GET" });
  if (!asked.answered) return { found: "unknown" };
  const { status, body } = asked.answer;
  if (body === null || typeof body !== "object") return { found: "unknown" };
  if (status === 404) return { found: "no" };
  const proof = status === 200 ? proofOf(body) : "";
  return proof ? { found: "yes", proof } : { found: "unknown" };
}
