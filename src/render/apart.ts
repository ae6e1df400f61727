// Rendering in a thread of its own (Q6, R3): a template that never ends or eats memory costs that thread and not the worker, whose
// heartbeat goes on; and MJML's forty megabytes leave with the thread when there is nothing to render.
import { join } from "node:path";
import { Piscina } from "piscina";
import { RENDER_LIMITS } from "../../config/limits.ts";
import { DomainError } from "../domain/errors.ts";
import type { renderWanted } from "./issue.ts";
import type { RenderTask } from "./thread.ts";

export interface RenderApart {
  /** Like renderWanted. Throws DomainError "render-too-much" when it takes longer or more memory than RENDER_LIMITS allow. */
  readonly render: (task: RenderTask) => ReturnType<typeof renderWanted>;
  readonly close: () => Promise<void>;
}

export type RenderLimits = { readonly [Limit in keyof typeof RENDER_LIMITS]: number };

/** One rendition at a time. The limits hold for each by itself: neither one that waits nor the next pays for the one before. */
export function openRenderApart(limits: RenderLimits = RENDER_LIMITS): RenderApart {
  let pool: Piscina | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const run = async (task: RenderTask) => {
    // Piscina would begin a new thread after its end, and nobody would end that one.
    if (closed) throw new Error("nothing is rendered any more: this process is closing");
    pool ??= openPool(limits);
    try {
      const limit = { signal: AbortSignal.timeout(limits.ms) };
      return (await pool.run(task, limit)) as Awaited<ReturnType<typeof renderWanted>>;
    } catch (error) {
      throw tooMuch(error, limits) ?? error;
    }
  };
  return {
    // There is one thread. Whoever waits for it is not handed to the pool before their turn, as their time would run out meanwhile.
    render: (task) => {
      const mine = last.then(() => run(task));
      last = mine.catch(() => undefined);
      return mine;
    },
    close: async () => {
      closed = true;
      await pool?.destroy();
    },
  };
}

const openPool = (limits: RenderLimits) =>
  new Piscina({
    ...threadFile(),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: limits.idleMs,
    resourceLimits: { maxOldGenerationSizeMb: limits.megabytes },
  });

/** The folder of the translation, put in its place by tools/build-code.mjs; there is no such name in the source. */
declare const BELLMAN_CODE: string | undefined;

/** The thread runs as this process does: translated beforehand (tools/build-code.mjs), or from the source. */
function threadFile(): { filename: string; execArgv: string[] } {
  if (typeof BELLMAN_CODE === "string")
    return { filename: join(BELLMAN_CODE, "src/render/thread.mjs"), execArgv: [] };
  return { filename: new URL("thread.ts", import.meta.url).href, execArgv: ["--import", "tsx"] };
}

function tooMuch(error: unknown, limits: RenderLimits): DomainError | null {
  const { name, code } = error as { name?: string; code?: string };
  if (name !== "AbortError" && code !== "ERR_WORKER_OUT_OF_MEMORY") return null;
  const what = name === "AbortError" ? `${limits.ms / 1_000} s` : `${limits.megabytes} MB`;
  return new DomainError(
    "render-too-much",
    `It takes more than ${what} to make this rendition; it was given up. Make the message simpler.`,
  );
}
